using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.AppHost.Tests.Model;

/// <summary>What an operator sees of the services: traces and metrics, as any receiver of OTLP gets them.</summary>
[Collection(ApplicationCollection.Name)]
public sealed class TelemetryTests(Application application)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task One_trace_follows_an_event_from_Track_through_the_Sessionizer_to_the_Funnel()
    {
        var created = await new Sites.SitesClient(application.Channel("sessionizer")).CreateSiteAsync(
            new CreateSiteRequest { SiteId = "traced" }, application.PlatformKey);
        var ingest = created.Keys.Single(each => each.Key.Scopes.Contains(Key.Types.Scope.Ingest)).Secret;
        var response = await new Ingestion.IngestionClient(application.Channel("ingestion")).TrackAsync(
            new TrackRequest
            {
                Events =
                {
                    new Event
                    {
                        SiteId = "traced",
                        VisitorId = "v",
                        Kind = "pageview",
                        Url = "https://shop.example/",
                        ClientTime = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()),
                    },
                },
            },
            new Metadata { { "authorization", $"Bearer {ingest}" } });
        Assert.Equal(1u, response.Accepted);

        await TraceAsync("Ingestion/Track", "ingestion", "sessionizer", "funnel");
    }

    [Fact]
    public async Task One_trace_spans_all_four_services()
    {
        using var call = new Query.QueryClient(application.Channel("query")).Wait(new WaitRequest(), application.PlatformKey);
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
        }

        await TraceAsync("Query/Wait", "query", "ingestion", "sessionizer", "funnel");
    }

    [Fact]
    public async Task Every_service_reports_metrics_of_its_runtime_and_its_calls()
    {
        foreach (var service in Application.Services)
        {
            await EventuallyAsync(
                () => application.Telemetry.Metrics.Where(metric => metric.Service == service).Select(metric => metric.Name)
                    .ToHashSet().IsSupersetOf(["dotnet.gc.collections", "http.server.request.duration"]),
                () => $"metrics of {service}");
        }
    }

    /// <summary>Waits for a trace with a call of this name and spans of all of these services.</summary>
    private Task TraceAsync(string call, params string[] services) => EventuallyAsync(
        () => Traces(call).Any(trace => trace.Select(span => span.Service).ToHashSet().IsSupersetOf(services)),
        () => string.Join('\n', Traces(call).Select(trace => string.Join(", ", trace.Select(span => $"{span.Service}: {span.Name}")))));

    private IEnumerable<IEnumerable<ReceivedSpan>> Traces(string call) => application.Telemetry.Spans
        .GroupBy(span => span.TraceId)
        .Where(trace => trace.Any(span => span.Name.EndsWith(call, StringComparison.Ordinal)));

    private static async Task EventuallyAsync(Func<bool> holds, Func<string> what)
    {
        var until = TimeProvider.System.GetUtcNow() + Longest;
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetUtcNow() < until, $"Not within {Longest}:\n{what()}");
            await Task.Delay(Tick);
        }
    }
}
