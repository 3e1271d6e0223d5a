using System.Collections.Frozen;
using Google.Protobuf;
using Grpc.Core;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Identity.V1;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Retention.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Query.Backends;
using GetAttributionRequest = SessionPlatform.Contracts.Attribution.V1.GetAttributionRequest;
using GetAttributionResponse = SessionPlatform.Contracts.Attribution.V1.GetAttributionResponse;
using AttributionClient = SessionPlatform.Contracts.Attribution.V1.Attribution.AttributionClient;
using FunnelsClient = SessionPlatform.Contracts.Funnels.V1.Funnels.FunnelsClient;
using IdentityClient = SessionPlatform.Contracts.Identity.V1.Identity.IdentityClient;
using JourneysClient = SessionPlatform.Contracts.Journeys.V1.Journeys.JourneysClient;
using MetricsClient = SessionPlatform.Contracts.Metrics.V1.Metrics.MetricsClient;
using RetentionClient = SessionPlatform.Contracts.Retention.V1.Retention.RetentionClient;
using SessionsClient = SessionPlatform.Contracts.Sessions.V1.Sessions.SessionsClient;

namespace SessionPlatform.Query.Forwarding;

/// <summary>
/// Maps each forwarded request to the RPC of a service behind Query that answers it. Short reads are hedged. Writes, and
/// reports that may take long, are not, since a second call would double the load.
/// </summary>
internal sealed class RoutingTable(IServiceProvider services)
{
    private static readonly FrozenDictionary<Type, Route> Routes = FrozenDictionary.ToFrozenDictionary(
    [
        Hedged<SessionsClient, ListSessionsRequest, ListSessionsResponse>(to => to.ListSessionsAsync),
        Hedged<SessionsClient, GetSessionRequest, GetSessionResponse>(to => to.GetSessionAsync),
        Hedged<SessionsClient, GetSessionStatsRequest, GetSessionStatsResponse>(to => to.GetSessionStatsAsync),
        Hedged<SessionsClient, ExplainSessionRequest, ExplainSessionResponse>(to => to.ExplainSessionAsync),
        Hedged<SessionsClient, GetLatenessRequest, GetLatenessResponse>(to => to.GetLatenessAsync),
        Hedged<SessionsClient, GetRejectCountsRequest, GetRejectCountsResponse>(to => to.GetRejectCountsAsync),
        Single<FunnelsClient, DefineFunnelRequest, DefineFunnelResponse>(to => to.DefineFunnelAsync),
        Hedged<FunnelsClient, ListFunnelsRequest, ListFunnelsResponse>(to => to.ListFunnelsAsync),
        Hedged<FunnelsClient, GetFunnelResultRequest, GetFunnelResultResponse>(to => to.GetFunnelResultAsync),
        Hedged<FunnelsClient, GetDaysRequest, GetDaysResponse>(to => to.GetDaysAsync),
        Single<FunnelsClient, GetFunnelReportRequest, GetFunnelReportResponse>(to => to.GetFunnelReportAsync),
        Single<FunnelsClient, ListFunnelActorsRequest, ListFunnelActorsResponse>(to => to.ListFunnelActorsAsync),
        Single<FunnelsClient, ExplainFunnelRequest, ExplainFunnelResponse>(to => to.ExplainFunnelAsync),
        Single<MetricsClient, GetSeriesRequest, GetSeriesResponse>(to => to.GetSeriesAsync),
        Single<MetricsClient, GetTopListRequest, GetTopListResponse>(to => to.GetTopListAsync),
        Single<MetricsClient, GetActiveVisitorsRequest, GetActiveVisitorsResponse>(to => to.GetActiveVisitorsAsync),
        Single<MetricsClient, MarkBotsRequest, MarkBotsResponse>(to => to.MarkBotsAsync),
        Single<JourneysClient, GetPathsRequest, GetPathsResponse>(to => to.GetPathsAsync),
        Single<JourneysClient, GetTransitionsRequest, GetTransitionsResponse>(to => to.GetTransitionsAsync),
        Single<RetentionClient, GetRetentionRequest, GetRetentionResponse>(to => to.GetRetentionAsync),
        Single<RetentionClient, GetLifecycleRequest, GetLifecycleResponse>(to => to.GetLifecycleAsync),
        Single<RetentionClient, GetStickinessRequest, GetStickinessResponse>(to => to.GetStickinessAsync),
        Single<AttributionClient, GetAttributionRequest, GetAttributionResponse>(to => to.GetAttributionAsync),
        Hedged<IdentityClient, ListTiesRequest, ListTiesResponse>(to => to.ListTiesAsync),
        Single<IdentityClient, SetTieRequest, SetTieResponse>(to => to.SetTieAsync),
        Hedged<SessionizerJobs, GetReprocessRequest, GetReprocessResponse>(to => to.Client.GetReprocessAsync),
    ]);

    private delegate Task<IMessage> Route(IServiceProvider services, IMessage request, ServerCallContext context);

    /// <summary>Whether requests of this type are forwarded.</summary>
    public static bool Covers(Type request) => Routes.ContainsKey(request);

    /// <summary>Returns the answer of the service behind.</summary>
    /// <exception cref="RpcException">The error of that service, or UNAVAILABLE when it cannot be reached.</exception>
    public Task<IMessage> ForwardAsync(IMessage request, ServerCallContext context) =>
        Routes[request.GetType()](services, request, context);

    private static KeyValuePair<Type, Route> Hedged<TClient, TRequest, TResponse>(
        Func<TClient, Func<TRequest, CallOptions, AsyncUnaryCall<TResponse>>> method)
        where TClient : class
        where TResponse : class, IMessage =>
        new(typeof(TRequest), async (services, request, context) =>
            await services.GetRequiredService<Backend<TClient>>().CallHedgedAsync(
                (client, options) => method(client)((TRequest)request, options), context));

    private static KeyValuePair<Type, Route> Single<TClient, TRequest, TResponse>(
        Func<TClient, Func<TRequest, CallOptions, AsyncUnaryCall<TResponse>>> method)
        where TClient : class
        where TResponse : class, IMessage =>
        new(typeof(TRequest), async (services, request, context) =>
            await services.GetRequiredService<Backend<TClient>>().CallAsync(
                (client, options) => method(client)((TRequest)request, options), context));
}
