using System.Globalization;

namespace SessionPlatform.Cli.Simulate;

/// <summary>The properties of a visitor, which are the same for all visits.</summary>
/// <param name="Account">The user id, sent after signing in; empty without an account.</param>
/// <param name="Categorised">Whether page views carry a category; otherwise they have only paths.</param>
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
