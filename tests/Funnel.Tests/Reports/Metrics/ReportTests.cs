using Microsoft.Extensions.Time.Testing;
using System.Globalization;
using Google.Protobuf;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Recounting;
using SessionPlatform.Funnel.Tests.Identity;

namespace SessionPlatform.Funnel.Tests.Reports.Metrics;

/// <summary>Whatever is asked, the answer is what a count of the sessions gives.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ReportTests : IDisposable
{
    private readonly FakeSites sites = new();
    private readonly FakeTimeProvider time = new(Sample.Noon);
    private readonly PostgresFixture postgres;
    private readonly MetricReports reports;

    public ReportTests(PostgresFixture postgres)
    {
        this.postgres = postgres;
        reports = new MetricReports(postgres.DataSource, sites, time);
    }

    /// <summary>Zones on days on which their clocks change, or far from it.</summary>
    public static TheoryData<string, string, SiteRules.Types.Weekday, int> Places => new()
    {
        { "UTC", "2025-07-01", SiteRules.Types.Weekday.Monday, 1 },
        { "Europe/Zurich", "2025-10-26", SiteRules.Types.Weekday.Unspecified, 2 },
        { "America/St_Johns", "2025-03-09", SiteRules.Types.Weekday.Sunday, 3 },
        { "Asia/Kolkata", "2024-03-01", SiteRules.Types.Weekday.Saturday, 4 },
        { "Australia/Lord_Howe", "2025-04-06", SiteRules.Types.Weekday.Monday, 5 },
        { "America/Santiago", "2025-09-07", SiteRules.Types.Weekday.Sunday, 6 },
    };

    public void Dispose() => reports.Dispose();

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Reports_equal_a_count_of_the_sessions(
        string zone, string day, SiteRules.Types.Weekday weekStart, int seed)
    {
        var random = new Random(seed);
        var middle = DateTime.SpecifyKind(DateTime.Parse(day, CultureInfo.InvariantCulture), DateTimeKind.Utc);
        var siteId = NewSite(zone, weekStart);
        time.AdjustTime(middle.AddDays(41));
        var visits = new RandomVisits(random, siteId, middle, sessions: 3_000);
        var marks = await ApplyAsync(visits, siteId, random);
        var revoked = await RevokeAsync(visits, siteId, random);

        await CompareAsync(random, siteId, middle, Counted(visits, marks, zone, weekStart, revoked), rounds: 60);
    }

    [Fact]
    public async Task Reports_follow_another_time_zone_before_and_after_sessions_are_counted_anew()
    {
        var random = new Random(7);
        var siteId = NewSite("UTC", SiteRules.Types.Weekday.Monday);
        time.AdjustTime(Sample.Noon.AddDays(41));
        var visits = new RandomVisits(random, siteId, Sample.Noon, sessions: 600);
        var marks = await ApplyAsync(visits, siteId, random);
        sites.Set(siteId, new SiteRules { TimeZone = "Asia/Kolkata" });

        var expected = Counted(visits, marks, "Asia/Kolkata", SiteRules.Types.Weekday.Monday);
        await CompareAsync(random, siteId, Sample.Noon, expected, rounds: 20);
        using var signal = new RecountSignal();
        await new Replica(postgres.DataSource, sites).CreateRecounter(signal, batch: 100)
            .RecountAsync(CancellationToken.None);
        await CompareAsync(random, siteId, Sample.Noon, expected, rounds: 20);
    }

    [Fact]
    public async Task Totals_of_hours_and_facts_agree_at_any_moment()
    {
        var random = new Random(8);
        var siteId = NewSite("UTC", SiteRules.Types.Weekday.Monday);
        time.AdjustTime(Sample.Noon.AddDays(41));
        var applying = ApplyAsync(new RandomVisits(random, siteId, Sample.Noon, sessions: 2_000), siteId, random);
        // The total is a sum of hours, the rows are counted from the facts.
        var request = new GetTopListRequest
        {
            SiteId = siteId, Dimension = Dimension.Types.Name.Channel, Metrics = { Metric.Types.Name.Sessions },
            Limit = 1,
        };
        var seen = new HashSet<double>();
        do
        {
            var answer = await reports.TopListAsync(request);
            var parts = answer.Rows.Sum(row => row.Values[0].Value) + (answer.Other?.Values[0].Value ?? 0);
            Assert.Equal(answer.Total.Values[0].Value, parts);
            seen.Add(parts);
        }
        while (!applying.IsCompleted);
        await applying;
        Assert.InRange(seen.Count, 2, int.MaxValue);
    }

    private string NewSite(string zone, SiteRules.Types.Weekday weekStart)
    {
        var siteId = $"reports-{Guid.NewGuid()}";
        sites.Set(siteId, new SiteRules { TimeZone = zone, WeekStart = weekStart });
        return siteId;
    }

    private static BruteForce Counted(
        RandomVisits visits,
        Dictionary<string, bool> marks,
        string zone,
        SiteRules.Types.Weekday weekStart,
        HashSet<(string Visitor, string User)>? revoked = null)
    {
        var weekday = weekStart == SiteRules.Types.Weekday.Unspecified
            ? DayOfWeek.Monday
            : (DayOfWeek)((int)weekStart % 7);
        return new BruteForce(
            visits.Final.Select(document => new Visit(
                document,
                marks.TryGetValue(document.Session.VisitorId, out var mark) ? mark : Visit.LooksLikeBot(document))),
            new KnownUsers(visits.Final.Select(document => document.Session), revoked ?? []),
            new LocalCalendar(TimeZoneInfo.FindSystemTimeZoneById(zone), weekday));
    }

    private async Task CompareAsync(Random random, string siteId, DateTime middle, BruteForce expected, int rounds)
    {
        var asked = new RandomReports(random, siteId, middle);
        for (var round = 0; round < rounds; round++)
        {
            var series = asked.Series();
            AnswerLine.Compare(
                series, expected.Series(series, time.GetUtcNow().UtcDateTime), await reports.SeriesAsync(series));
            var topList = asked.TopList();
            AnswerLine.Compare(
                topList, expected.TopList(topList, time.GetUtcNow().UtcDateTime), await reports.TopListAsync(topList));
        }
    }

    /// <summary>By several replicas at once, while visitors are marked.</summary>
    private async Task<Dictionary<string, bool>> ApplyAsync(RandomVisits visits, string siteId, Random random)
    {
        var marks = new Dictionary<string, bool>();
        var changes = visits.Facts.Select(Change.Of).ToList();
        var applying = Enumerable.Range(0, 2).Select(async number =>
        {
            var applier = new Replica(postgres.DataSource, sites).Applier;
            foreach (var batch in changes.Where((_, index) => index % 2 == number).Chunk(200))
                await applier.ApplyAsync(batch, CancellationToken.None);
        }).ToList();
        var marker = new BotMarker(postgres.DataSource, time);
        for (var round = 0; round < 20; round++)
        {
            var visitors = Enumerable.Range(0, 5).Select(_ => $"visitor-{random.Next(1_500)}").ToList();
            bool? mark = random.Next(3) switch { 0 => true, 1 => false, _ => null };
            await marker.MarkAsync(siteId, visitors, mark, CancellationToken.None);
            foreach (var visitor in visitors)
            {
                marks.Remove(visitor);
                if (mark is { } isBot)
                    marks[visitor] = isBot;
            }
        }

        await Task.WhenAll(applying);
        return marks;
    }

    /// <summary>Some ties, seen or not, some of them twice; and some of them count again.</summary>
    private async Task<HashSet<(string Visitor, string User)>> RevokeAsync(
        RandomVisits visits, string siteId, Random random)
    {
        var ties = new IdentityLinkTable(postgres.DataSource, time);
        var revoked = new HashSet<(string Visitor, string User)>();
        var seen = visits.Final.Select(document => document.Session)
            .Where(session => session.UserId.Length > 0).ToArray();
        foreach (var session in random.GetItems(seen, 200))
        {
            var (visitor, user) = (session.VisitorId, random.Next(9) == 0 ? "nobody" : session.UserId);
            await ties.SetAsync(siteId, visitor, user, revoked: true, CancellationToken.None);
            revoked.Add((visitor, user));
            if (random.Next(4) > 0)
                continue;
            await ties.SetAsync(siteId, visitor, user, revoked: false, CancellationToken.None);
            revoked.Remove((visitor, user));
        }

        return revoked;
    }
}

/// <summary>A value of an answer, by where it is in it.</summary>
internal sealed record AnswerLine(string Path, string Text, double? Number)
{
    // The order in which numbers were added does not matter.
    private const double Tolerance = 1e-9;

    public static List<AnswerLine> Of(IMessage message)
    {
        var lines = new List<AnswerLine>();
        Add(lines, "", message);
        return lines;
    }

    /// <summary>Fails where an answer is another one than expected.</summary>
    public static void Compare(IMessage request, IMessage expected, IMessage actual)
    {
        var (one, other) = (Of(expected), Of(actual));
        var pair = one.Zip(other).FirstOrDefault(pair => !pair.First.IsSame(pair.Second));
        Assert.True(
            pair.First is null && one.Count == other.Count,
            $"{request}\nexpected {pair.First}\nbut was  {pair.Second}\nof {one.Count} and {other.Count} lines");
    }

    public bool IsSame(AnswerLine other) =>
        Path == other.Path && Text == other.Text && Number.HasValue == other.Number.HasValue
        && (Number is not { } number || Math.Abs(number - other.Number!.Value) <= Tolerance * Math.Max(1, number));

    private static void Add(List<AnswerLine> lines, string path, object? value)
    {
        switch (value)
        {
            case MetricValue metric:
                var money = string.Join(' ', metric.Revenue.Select(sum => sum.Currency + sum.Amount));
                lines.Add(new(path, $"{metric.Metric} {money}", metric.HasValue ? metric.Value : null));
                break;
            case Google.Protobuf.WellKnownTypes.Timestamp time:
                lines.Add(new(path, $"{time}", null));
                break;
            case IMessage message:
                lines.Add(new(path, message.Descriptor.Name, null));
                foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
                    Add(lines, $"{path}/{field.Name}", field.Accessor.GetValue(message));
                break;
            case System.Collections.IList list:
                for (var index = 0; index < list.Count; index++)
                    Add(lines, $"{path}[{index}]", list[index]);
                break;
            default:
                lines.Add(new(path, $"{value}", null));
                break;
        }
    }
}
