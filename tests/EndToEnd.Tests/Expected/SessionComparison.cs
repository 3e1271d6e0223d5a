using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.EndToEnd.Tests.Suites;
using SessionPlatform.Oracle;

namespace SessionPlatform.EndToEnd.Tests.Expected;

/// <summary>Stored sessions against those of the oracle, field by field of the contract.</summary>
public static class SessionComparison
{
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithIndentation());

    /// <summary>What <c>./sp sessions --all --json</c> prints.</summary>
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

    /// <summary>Without what the oracle does not know: revisions, channels, devices and places.</summary>
    private static Session Reduce(Session stored)
    {
        Assert.True(stored.Revision >= 1);
        var reduced = stored.Clone();
        reduced.Revision = 0;
        reduced.Device = null;
        reduced.Geo = null;
        reduced.Attribution.Channel = "";
        reduced.Attribution.ClearClickIdKind();
        foreach (var money in reduced.Revenue)
            money.Amount = Plain(decimal.Parse(money.Amount, CultureInfo.InvariantCulture));
        return reduced;
    }

    private static Session Expect(OracleSession session)
    {
        var expected = new Session
        {
            SessionId = session.SessionId.ToString(),
            SiteId = session.SiteId,
            VisitorId = session.VisitorId,
            StartedAt = Time(session.StartedAt),
            EndedAt = Time(session.EndedAt),
            Duration = Span(session.Duration),
            PageViews = session.PageViews,
            Events = session.Events.Count,
            Bounced = session.Bounced,
            Converted = session.Converted,
            Conversions = session.Conversions,
            Engaged = session.Engaged,
            IsNew = session.IsNew,
            StartReason = session.StartReason,
            Closed = session.Over,
            Attribution = AttributionOf(session),
        };
        if (session.EntryPage is { } entry)
            expected.EntryPage = entry;
        if (session.ExitPage is { } exit)
            expected.ExitPage = exit;
        if (session.EndReason is { } reason)
            expected.EndReason = reason;
        if (session.UserId is { } user)
            expected.UserId = user;
        expected.Journey.AddRange(session.Journey.Select(Step));
        expected.Revenue.AddRange(
            session.Revenue.Select(sum => new Money { Currency = sum.Currency, Amount = Plain(sum.Amount) }));
        return expected;
    }

    private static JourneyStep Step(OracleStep step)
    {
        var expected = new JourneyStep
        {
            Path = step.Path,
            Title = step.Title,
            Category = step.Category,
            At = Time(step.At),
            TimeOnPage = Span(step.TimeOnPage),
        };
        if (step.ScrollDepthPercent is { } depth)
            expected.ScrollDepthPercent = depth;
        return expected;
    }

    private static Attribution AttributionOf(OracleSession session)
    {
        var expected = new Attribution();
        if (session.Utm is { } utm)
        {
            expected.Utm = new Utm
            {
                Source = utm.Source,
                Medium = utm.Medium,
                Campaign = utm.Campaign,
                Term = utm.Term,
                Content = utm.Content,
            };
        }

        if (session.Referrer is { } referrer)
            expected.Referrer = referrer;
        if (session.ReferrerHost is { } host)
            expected.ReferrerHost = host;
        if (session.EntryPage is { } landing)
            expected.LandingPage = landing;
        return expected;
    }

    private static Timestamp Time(long micros) =>
        new() { Seconds = Math.DivRem(micros, 1_000_000, out var rest), Nanos = (int)rest * 1000 };

    private static Duration? Span(long? micros) => micros is { } span
        ? new Duration { Seconds = span / 1_000_000, Nanos = (int)(span % 1_000_000) * 1000 }
        : null;

    private static string Plain(decimal amount) => amount.ToString("0.######", CultureInfo.InvariantCulture);
}
