using Microsoft.Extensions.Time.Testing;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Attribution.V1;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Reports.Attribution;
using SessionPlatform.Funnel.Tests.Identity;
using SessionPlatform.Funnel.Tests.Reports.Metrics;
using SessionPlatform.Funnel.Tests.Reports.Retention;
using SessionPlatform.ServiceDefaults.Grpc;
using static SessionPlatform.Contracts.Attribution.V1.GetAttributionRequest.Types;
using By = SessionPlatform.Contracts.Metrics.V1.Dimension.Types.Name;

namespace SessionPlatform.Funnel.Tests.Reports.Attribution;

/// <summary>Whatever is asked, conversions are shared out as by hand.</summary>
[Collection(LongReportsCollection.Name)]
public sealed class AttributionReportTests(PostgresFixture postgres)
{
    private readonly FakeSites sites = new();
    private readonly FakeTimeProvider time = new(Sample.Noon.AddDays(70));

    [Fact]
    public async Task Credits_equal_those_shared_out_by_hand()
    {
        var random = new Random(5);
        var siteId = $"attribution-{Guid.NewGuid()}";
        sites.Set(siteId, new SiteRules { TimeZone = "Europe/Zurich" });
        var activity = new RandomActivity(51, siteId, Sample.Noon, visitors: 3_000);
        await activity.ApplyAsync(postgres.DataSource, sites);
        var documents = activity.Final;
        var users = new KnownUsers(documents.Select(document => document.Session), new HashSet<(string, string)>());
        for (var question = 0; question < 40; question++)
        {
            var request = RequestOf(random, siteId);
            var visits = documents.Select(document => new Visit(
                document, document.Session.HasBot, request.Segment.Unit == Unit.User ? users : null)).ToList();
            Compare(request, Expected(request, visits), await AnswerAsync(request));
        }
    }

    [Theory]
    [InlineData(Model.First, "Email 3, Direct 0")]
    [InlineData(Model.Last, "Direct 3, Email 0")]
    [InlineData(Model.Unspecified, "Direct 3, Email 0")]
    [InlineData(Model.LastNonDirect, "Email 3, Direct 0")]
    [InlineData(Model.Linear, "Direct 2, Email 1")]
    public async Task The_look_back_is_inclusive(Model model, string expected)
    {
        var siteId = $"attribution-{Guid.NewGuid()}";
        sites.Set(siteId, new SiteRules { TimeZone = "UTC" });
        var start = Sample.Noon;
        await ApplyAsync(siteId, (start.AddTicks(-10), "Paid", 0), (start, "Email", 0),
            (start.AddHours(1), "Direct", 0),
            (start.AddHours(2), "Direct", 3), (start.AddHours(2).AddTicks(10), "Late", 0));
        var answer = await AnswerAsync(new GetAttributionRequest
        {
            SiteId = siteId, Model = model, LookBack = Duration.FromTimeSpan(TimeSpan.FromHours(2)),
        });

        string[] names = ["Direct", "Email"];
        var credits = names.Select(name => (
                Name: name, Count: answer.Rows.SingleOrDefault(row => row.Value == name)?.Conversions ?? 0))
            .OrderByDescending(row => row.Count);
        Assert.Equal(expected, string.Join(", ", credits.Select(row => $"{row.Name} {row.Count}")));
        Assert.Equal((3, 1), (answer.Total.Conversions, answer.Total.Sessions));
        Assert.DoesNotContain(answer.Rows, row => row.Value is "Paid" or "Late");
    }

    [Fact]
    public void Money_is_rounded_once_and_half_to_even()
    {
        Assert.Equal("0.333333", Fraction.Of(1, 3).ToText());
        Assert.Equal("1", (Fraction.Of(1, 3) + Fraction.Of(1, 3) + Fraction.Of(1, 3)).ToText());
        Assert.Equal("0.000002", Fraction.Of(0.000005m, 2).ToText());
        Assert.Equal("0.000004", Fraction.Of(0.000007m, 2).ToText());
        Assert.Equal("-0.666667", Fraction.Of(-2, 3).ToText());
        Assert.Equal("0", Fraction.Of(-0.0000001m, 1).ToText());
        Assert.Equal(0.1, Fraction.Of(1, 10).ToDouble());
        Assert.Equal(1 / 3d, Fraction.Of(1, 3).ToDouble());
        Assert.Equal(1_000_000.7, Fraction.Of(10_000_007, 10).ToDouble());
        Assert.Equal("79228162514264337593543950335", Fraction.Of(decimal.MaxValue, 1).ToText());
        Assert.True(Fraction.Of(1, 3).CompareTo(Fraction.Of(0.3333333333333333333333333333m, 1)) > 0);
    }

    private static GetAttributionRequest RequestOf(Random random, string siteId)
    {
        var request = new GetAttributionRequest
        {
            SiteId = siteId,
            Model = (Model)random.Next(5),
            Dimension = random.GetItems([By.Unspecified, By.Channel, By.Source, By.Campaign], 1)[0],
            Segment = new Segment { IncludeBots = random.Next(3) == 0, Unit = (Unit)random.Next(3) },
            ConversionType = random.GetItems(["", "", "buy", "purchase"], 1)[0],
            Limit = random.Next(4),
        };
        if (random.Next(2) == 0)
            request.LookBack = Duration.FromTimeSpan(TimeSpan.FromMinutes(random.Next(60, 20 * 1440)));
        if (random.Next(2) == 0)
            request.Segment.Filters.Add(new Filter { Dimension = By.Country, Values = { "CH", "" } });
        if (random.Next(3) > 0)
        {
            request.Period = new Period
            {
                Range = new TimeRange
                {
                    From = Sample.Noon.AddDays(-random.Next(40)).ToTimestamp(),
                    To = Sample.Noon.AddDays(random.Next(1, 50)).ToTimestamp(),
                },
            };
        }

        return request;
    }

    private static GetAttributionResponse Expected(GetAttributionRequest request, List<Visit> visits)
    {
        var lookBack = request.LookBack?.ToTimeSpan() ?? TimeSpan.FromDays(30);
        var dimension = request.Dimension == By.Unspecified ? By.Channel : request.Dimension;
        var seen = visits.Where(visit => visit.IsOf(new Segment { IncludeBots = request.Segment.IncludeBots }))
            .OrderBy(visit => visit.StartedAt).ThenBy(visit => visit.Session.SessionId, StringComparer.Ordinal)
            .ToLookup(visit => visit.Person);
        var parts = new List<(string Value, decimal Part, int Conversions, Visit Visit)>();
        foreach (var visit in visits.Where(visit => visit.IsOf(request.Segment)
            && !(visit.StartedAt < request.Period?.Range?.From?.ToDateTime())
            && !(visit.StartedAt >= request.Period?.Range?.To?.ToDateTime())))
        {
            var conversions = request.ConversionType.Length == 0
                ? visit.Session.Conversions
                : visit.Document.Timeline.Count(each => each.ConversionTypes.Contains(request.ConversionType));
            if (conversions == 0)
                continue;
            var touches = seen[visit.Person].TakeWhile(each => each.Session.SessionId != visit.Session.SessionId)
                .Append(visit).Where(each => each.StartedAt >= visit.StartedAt - lookBack).ToList();
            Visit[] credited = request.Model switch
            {
                Model.First => [touches[0]],
                Model.Linear => [.. touches],
                Model.LastNonDirect => [touches.LastOrDefault(
                    each => each.Session.Attribution.Channel != "Direct") ?? visit],
                _ => [visit],
            };
            parts.AddRange(credited.Select(
                each => (each.Values(dimension).Single(), 1m / credited.Length, conversions, visit)));
        }

        var rows = parts.GroupBy(part => part.Value).Select(group => Row(group.Key, group))
            .OrderByDescending(row => Math.Round(row.Conversions, 9)).ThenBy(row => row.Value, StringComparer.Ordinal)
            .ToList();
        var limit = request.Limit == 0 ? 20 : request.Limit;
        var listed = rows.Take(limit).Select(row => row.Value).ToHashSet();
        return new GetAttributionResponse
        {
            Rows = { rows.Take(limit) },
            Other = rows.Count > limit ? Row("", parts.Where(part => !listed.Contains(part.Value))) : null,
            Total = Row("", parts),
        };
    }

    private static AttributionRow Row(
        string value, IEnumerable<(string Value, decimal Part, int Conversions, Visit Visit)> parts) => new()
        {
            Value = value,
            Conversions = (double)parts.Sum(part => part.Part * part.Conversions),
            Sessions = (double)parts.Sum(part => part.Part),
            Revenue =
            {
                parts.SelectMany(part => part.Visit.Session.Revenue.Select(money => (
                        money.Currency, Amount: part.Part * decimal.Parse(money.Amount, CultureInfo.InvariantCulture))))
                    .GroupBy(money => money.Currency).OrderBy(group => group.Key, StringComparer.Ordinal)
                    .Select(group => new Money
                    {
                        Currency = group.Key,
                        Amount = Math.Round(group.Sum(money => money.Amount), 6)
                            .ToString("0.######", CultureInfo.InvariantCulture),
                    }),
            },
        };

    private static void Compare(
        GetAttributionRequest request, GetAttributionResponse expected, GetAttributionResponse actual)
    {
        Assert.Equal(expected.Other is null, actual.Other is null);
        var (ones, others) = (All(expected).ToList(), All(actual).ToList());
        Assert.Equal(ones.Count, others.Count);
        foreach (var (one, other) in ones.Zip(others))
        {
            var same = one.Value == other.Value && Math.Abs(one.Conversions - other.Conversions) < 1e-9
                && Math.Abs(one.Sessions - other.Sessions) < 1e-9 && one.Revenue.Equals(other.Revenue);
            Assert.True(same, $"{request}\nexpected {expected}\nbut was  {actual}");
        }

        static IEnumerable<AttributionRow> All(GetAttributionResponse answer) =>
            answer.Rows.Append(answer.Other ?? new()).Append(answer.Total);
    }

    private async Task ApplyAsync(string siteId, params (DateTime At, string Channel, int Conversions)[] sessions) =>
        await new Replica(postgres.DataSource, sites).Applier.ApplyAsync(
            sessions.Select((session, number) =>
            {
                var document = Sample.Document(
                    siteId, "v", Sample.SessionId(siteId, number), session.At, 1,
                    [.. Enumerable.Repeat(Sample.Event("purchase"), session.Conversions)]);
                document.Session.Attribution = new Contracts.Sessions.V1.Attribution { Channel = session.Channel };
                return Change.Of(Sample.Updated(document));
            }),
            CancellationToken.None);

    private async Task<GetAttributionResponse> AnswerAsync(GetAttributionRequest request)
    {
        var violations = new Violations();
        var period = AttributionRules.Check(request, violations);
        violations.ThrowIfAny();
        var configuration = await new Configurations(postgres.DataSource, sites)
            .FindAsync(request.SiteId, CancellationToken.None);
        return await new AttributionReport(
                new ReportDatabase(postgres.DataSource, Options.Create(new ReportOptions())),
                Options.Create(new AttributionOptions()),
                time)
            .ComputeAsync(request, period, configuration!, CancellationToken.None);
    }
}
