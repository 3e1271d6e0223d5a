using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Cli.Reports;
using SessionPlatform.Contracts.Attribution.V1;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Retention.V1;

namespace SessionPlatform.Cli.Tests.Reports;

public sealed class RetentionViewTests
{
    private static readonly DateTime Day = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Retention_is_a_heat_map()
    {
        var request = new GetRetentionRequest { SiteId = "shop", Interval = Bucket.Day };
        var answer = new GetRetentionResponse
        {
            TimeZone = "UTC",
            Tables =
            {
                new RetentionTable
                {
                    Cohorts =
                    {
                        new Cohort { At = Day.ToTimestamp(), Size = 1_000, Returned = { 1_000, 1, 500 } },
                        new Cohort { At = Day.AddDays(1).ToTimestamp(), Returned = { 0, 0 } },
                        new Cohort { At = Day.AddDays(2).ToTimestamp(), Size = 3, Returned = { 0 } },
                    },
                },
            },
        };

        var text = Text(new() { Retention = request }, new() { Retention = answer });
        foreach (var line in new[]
        {
            "│ Day (UTC)  │  Size │       +0 │       +1 │       +2 │",
            "│ 2026-03-01 │ 1,000 │ ██ 100 % │ ░░   0 % │ ▒▒  50 % │",
            "│ 2026-03-02 │     0 │        – │        – │          │",
            "│ 2026-03-03 │     3 │      0 % │          │          │",
        })
            Assert.Contains(line, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Lifecycle_stickiness_and_attribution_are_tables_with_bars()
    {
        var lifecycle = Text(
            new() { Lifecycle = new GetLifecycleRequest { Interval = Bucket.Week } },
            new()
            {
                Lifecycle = new GetLifecycleResponse
                {
                    TimeZone = "UTC",
                    Points =
                    {
                        new LifecyclePoint
                        {
                            At = Day.ToTimestamp(), New = 1, Returning = 2, Resurrecting = 3, Dormant = 4,
                        },
                    },
                },
            });
        Assert.Matches("2026-03-01 │ █{24} │ +1 │ +2 │ +3 │ +4 │", lifecycle);

        var stickiness = Text(
            new() { Stickiness = new GetStickinessRequest { Interval = Bucket.Day, Cumulative = true } },
            new() { Stickiness = new GetStickinessResponse { Counts = { 4, 1 } } });
        Assert.Contains("At least", stickiness, StringComparison.Ordinal);
        Assert.Matches("1 │ █{24} │ +4 │", stickiness);
        Assert.Matches("2 │ █{6} +│ +1 │", stickiness);

        var attribution = Text(
            new() { Attribution = new GetAttributionRequest() },
            new()
            {
                Attribution = new GetAttributionResponse
                {
                    Rows =
                    {
                        new AttributionRow
                        {
                            Value = "Email", Conversions = 1.25, Sessions = 1,
                            Revenue = { new Money { Currency = "EUR", Amount = "12.5" } },
                        },
                    },
                    Total = new AttributionRow { Conversions = 1.25, Sessions = 1 },
                },
            });
        Assert.Matches("channel +│ +│ Conversions │ Sessions │", attribution);
        Assert.Matches("Email +│ █{24} │ +1.25 │ +1 │ 12.5 EUR │", attribution);
        Assert.Matches("total +│ +│ +1.25 │", attribution);
    }

    private static string Text(GetReportRequest request, GetReportResponse answer) =>
        Rendered.At(120, ReportView.Of(request, answer));
}
