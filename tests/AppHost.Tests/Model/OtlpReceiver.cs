using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace SessionPlatform.AppHost.Tests.Model;

/// <summary>Receives OTLP over gRPC and keeps which services took part in which trace, and whose metrics came.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    // Field numbers of opentelemetry.proto.
    private const int ResourceItems = 1;
    private const int Resource = 1;
    private const int ScopeItems = 2;
    private const int Attribute = 1;
    private const int Span = 2;
    private const int Metric = 2;

    private readonly WebApplication server;
    private readonly ConcurrentQueue<ReceivedSpan> spans = [];
    private readonly ConcurrentQueue<ReceivedMetric> metrics = [];

    private OtlpReceiver(WebApplication server) => this.server = server;

    public string Address => server.Urls.Single();

    public IReadOnlyCollection<ReceivedSpan> Spans => spans;

    public IReadOnlyCollection<ReceivedMetric> Metrics => metrics;

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var server = builder.Build();
        var receiver = new OtlpReceiver(server);
        Map("trace.v1.TraceService", receiver.AddSpans);
        Map("metrics.v1.MetricsService", receiver.AddMetrics);
        Map("logs.v1.LogsService", _ => { });
        await server.StartAsync();
        return receiver;

        void Map(string service, Action<ByteString> add) => server.MapPost(
            $"/opentelemetry.proto.collector.{service}/Export", context => AnswerAsync(context, add));
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    // A unary call by hand: one message in, an empty one out, each behind five bytes of compression and length.
    private static async Task AnswerAsync(HttpContext context, Action<ByteString> add)
    {
        var request = await ByteString.FromStreamAsync(context.Request.Body);
        add(ByteString.CopyFrom(request.Span[5..]));
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private void AddSpans(ByteString request) => Read(request, Span, (service, span) =>
    {
        var fields = Fields(span).ToLookup(field => field.Number, field => field.Value);
        spans.Enqueue(new ReceivedSpan(
            service, Convert.ToHexStringLower(fields[1].First().Span), fields[5].First().ToStringUtf8()));
    });

    private void AddMetrics(ByteString request) => Read(request, Metric, (service, metric) =>
        metrics.Enqueue(new ReceivedMetric(service, Fields(metric).First(field => field.Number == 1).Value.ToStringUtf8())));

    // All signals have one shape: items of resources, in them items of scopes, in them what is wanted.
    private static void Read(ByteString request, int wanted, Action<string, ByteString> add)
    {
        foreach (var resource in Of(request, ResourceItems))
        {
            var service = Of(resource, Resource).SelectMany(each => Of(each, Attribute)).Select(ServiceName).OfType<string>().Single();
            foreach (var item in Of(resource, ScopeItems).SelectMany(scope => Of(scope, wanted)))
                add(service, item);
        }
    }

    private static string? ServiceName(ByteString attribute)
    {
        var fields = Fields(attribute).ToList();
        return fields[0].Value.ToStringUtf8() == "service.name" ? Of(fields[1].Value, 1).Single().ToStringUtf8() : null;
    }

    private static IEnumerable<ByteString> Of(ByteString message, int number) =>
        Fields(message).Where(field => field.Number == number).Select(field => field.Value);

    // Those that have a length: messages, texts and bytes.
    private static IEnumerable<(int Number, ByteString Value)> Fields(ByteString message)
    {
        using var input = message.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
                yield return (WireFormat.GetTagFieldNumber(tag), input.ReadBytes());
            else
                input.SkipLastField();
        }
    }
}

/// <summary>A span: who made it, and in which trace.</summary>
public sealed record ReceivedSpan(string Service, string TraceId, string Name);

/// <summary>A metric, and who measured it.</summary>
public sealed record ReceivedMetric(string Service, string Name);
