using System.Globalization;

namespace SessionPlatform.Cli.Simulate;

/// <summary>What stays the same over all visits of one visitor.</summary>
/// <param name="Account">The user id, known from the moment of signing in; empty: no account.</param>
/// <param name="Categorised">The pages tell what they are; otherwise only their paths do.</param>
internal sealed record Visitor(string Id, bool IsBot, string Account, bool Categorised, Client Client, Place Place)
{
    private const double BotShare = 0.03;
    private const double AccountShare = 0.3;
    private const double CategorisedShare = 0.6;

    public static Visitor Draw(int number, ulong seed)
    {
        var random = SeededRandom.For(seed, (ulong)number, ulong.MaxValue);
        var id = random.NextBits().ToString("x16", CultureInfo.InvariantCulture);
        var isBot = random.Chance(BotShare);
        return new Visitor(
            $"v-{id}",
            isBot,
            !isBot && random.Chance(AccountShare) ? $"user-{number}" : "",
            random.Chance(CategorisedShare),
            isBot ? new Client(1, "bot", "", random.Pick(Shop.Bots)) : random.Pick(Shop.Clients, each => each.Weight),
            random.Pick(Shop.Places, each => each.Weight));
    }
}
