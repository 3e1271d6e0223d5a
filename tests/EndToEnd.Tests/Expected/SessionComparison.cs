using System.Globalization;
using Google.Protobuf;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.EndToEnd.Tests.Suites;
using SessionPlatform.Oracle;

namespace SessionPlatform.EndToEnd.Tests.Expected;

/// <summary>Compares stored sessions with those of the oracle, field by field of the contract.</summary>
public static class SessionComparison
{
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithIndentation());

    /// <summary>Parses the output of <c>./sp sessions --all --json</c>.</summary>
    public static async Task<IReadOnlyList<Session>> StoredSessionsAsync(Suite suite, string site)
    {
        var printed = (await suite.SpAsync("sessions", "--site", site, "--all", "--json")).Succeeded();
        return ListSessionsResponse.Parser.ParseJson(printed).Sessions;
    }

    public static async Task AssertSessionsAsync(Suite suite, string site, IReadOnlyList<OracleSession> expected)
    {
        var stored = await StoredSessionsAsync(suite, site);
        AssertEqual(expected, stored);
    }

    public static void AssertEqual(IReadOnlyList<OracleSession> expected, IReadOnlyList<Session> stored)
    {
        var expectedTexts = expected.Select(Expect).ToDictionary(session => session.SessionId, Json.Format);
        var storedTexts = stored.Select(Reduce).ToDictionary(session => session.SessionId, Json.Format);
        Assert.Empty(expectedTexts.Keys.Except(storedTexts.Keys).Select(id => $"missing: {expectedTexts[id]}").Take(3));
        Assert.Empty(storedTexts.Keys.Except(expectedTexts.Keys).Select(id => $"too many: {storedTexts[id]}").Take(3));
        foreach (var (id, text) in expectedTexts)
            Assert.Equal(text, storedTexts[id]);
    }

    private static Session Reduce(Session stored)
    {
        Assert.True(stored.Revision >= 1);
        var reduced = stored.Clone();
        reduced.Revision = 0;
        return Comparable(reduced);
    }

    private static Session Expect(OracleSession session)
    {
        var expected = session.ToDocument().Session;
        expected.Closed = session.Over;
        return Comparable(expected);
    }

    /// <summary>
    /// Without what ingestion adds to an event as it was sent; of amounts the number, however many digits it has.
    /// </summary>
    private static Session Comparable(Session session)
    {
        session.Device = null;
        session.Geo = null;
        session.ClearBot();
        session.Attribution.Channel = "";
        session.Attribution.ClearClickIdKind();
        foreach (var money in session.Revenue)
        {
            money.Amount = decimal.Parse(money.Amount, CultureInfo.InvariantCulture)
                .ToString("0.######", CultureInfo.InvariantCulture);
        }

        return session;
    }
}
