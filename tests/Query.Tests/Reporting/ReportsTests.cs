using Google.Rpc;
using Grpc.Core;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.ServiceDefaults.Grpc;
using Scope = SessionPlatform.Contracts.Sites.V1.Key.Types.Scope;

namespace SessionPlatform.Query.Tests.Reporting;

public sealed class ReportsTests : IClassFixture<QueryHost>
{
    private readonly QueryHost host;

    public ReportsTests(QueryHost host)
    {
        this.host = host;
        host.Services.Reset();
    }

    public static TheoryData<string, string> Kinds => new()
    {
        { "series", "Metrics/GetSeries" },
        { "topList", "Metrics/GetTopList" },
        { "activeVisitors", "Metrics/GetActiveVisitors" },
        { "paths", "Journeys/GetPaths" },
        { "transitions", "Journeys/GetTransitions" },
        { "funnel", "Funnels/GetFunnelResult" },
        { "funnelReport", "Funnels/GetFunnelReport" },
        { "retention", "Retention/GetRetention" },
        { "lifecycle", "Retention/GetLifecycle" },
        { "stickiness", "Retention/GetStickiness" },
        { "attribution", "Attribution/GetAttribution" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_report_is_the_answer_of_its_own_call(string kind, string method)
    {
        host.Services.On<GetSeriesRequest>("Metrics/GetSeries", request => new GetSeriesResponse
        {
            Series = { new Series { Value = request.SiteId } },
        });
        var request = GetReportRequest.Parser.ParseJson($"{{\"{kind}\": {{\"siteId\": \"shop\"}}}}");

        var answer = await host.Client.GetReportAsync(request, QueryHost.As(host.Services.AddKey("shop", Scope.Read)));

        Assert.Equal(request.ReportCase.ToString(), answer.ReportCase.ToString());
        Assert.Equal(method, Assert.Single(host.Services.Calls).Method);
        if (kind == "series")
            Assert.Equal("shop", Assert.Single(answer.Series.Series).Value);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_report_or_a_watch_is_refused_for_another_site(string kind, string method)
    {
        var request = GetReportRequest.Parser.ParseJson($"{{\"{kind}\": {{\"siteId\": \"bank\"}}}}");
        var options = QueryHost.As(host.Services.AddKey("shop", Scope.Read, Scope.Admin));

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await host.Client.GetReportAsync(request, options));
        using var call = host.Client.Watch(new WatchRequest { Report = request }, options);
        var watched = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.Equal(
            (StatusCode.PermissionDenied, StatusCode.PermissionDenied), (error.StatusCode, watched.StatusCode));
        Assert.DoesNotContain(host.Services.Calls, call => call.Method == method);
    }

    [Fact]
    public async Task A_request_without_a_report_names_the_field()
    {
        var options = QueryHost.As(FakeServices.PlatformKey);

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await host.Client.GetReportAsync(new GetReportRequest(), options));
        using var call = host.Client.Watch(new WatchRequest(), options);
        var watched = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.Equal(["report"], Fields(error));
        Assert.Equal(["report.report"], Fields(watched));
    }

    [Fact]
    public async Task A_violation_found_behind_reaches_the_caller()
    {
        host.Services.On<GetTopListRequest>(
            "Metrics/GetTopList", _ => throw GrpcErrors.InvalidArgument("dimension", "must be one"));

        var error = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.GetReportAsync(
            new GetReportRequest { TopList = new() { SiteId = "shop" } }, QueryHost.As(FakeServices.PlatformKey)));

        Assert.Equal(["dimension"], Fields(error));
    }

    private static IEnumerable<string> Fields(RpcException error)
    {
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        return error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field);
    }
}
