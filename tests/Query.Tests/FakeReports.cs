using Grpc.Core;
using SessionPlatform.Contracts.Attribution.V1;
using SessionPlatform.Contracts.Identity.V1;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Retention.V1;

namespace SessionPlatform.Query.Tests;

/// <summary>Fakes of the services that compute reports.</summary>
internal sealed partial class FakeServices
{
    private sealed class FakeMetrics(FakeServices services) : Metrics.MetricsBase
    {
        public override Task<GetSeriesResponse> GetSeries(GetSeriesRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetSeriesResponse>(request, context);

        public override Task<GetTopListResponse> GetTopList(GetTopListRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetTopListResponse>(request, context);

        public override Task<GetActiveVisitorsResponse> GetActiveVisitors(
            GetActiveVisitorsRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetActiveVisitorsResponse>(request, context);

        public override Task<MarkBotsResponse> MarkBots(MarkBotsRequest request, ServerCallContext context) =>
            services.AnswerAsync<MarkBotsResponse>(request, context);
    }

    private sealed class FakeJourneys(FakeServices services) : Journeys.JourneysBase
    {
        public override Task<GetPathsResponse> GetPaths(GetPathsRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetPathsResponse>(request, context);

        public override Task<GetTransitionsResponse> GetTransitions(
            GetTransitionsRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetTransitionsResponse>(request, context);
    }

    private sealed class FakeRetention(FakeServices services) : Retention.RetentionBase
    {
        public override Task<GetRetentionResponse> GetRetention(
            GetRetentionRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetRetentionResponse>(request, context);

        public override Task<GetLifecycleResponse> GetLifecycle(
            GetLifecycleRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetLifecycleResponse>(request, context);

        public override Task<GetStickinessResponse> GetStickiness(
            GetStickinessRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetStickinessResponse>(request, context);
    }

    private sealed class FakeIdentity(FakeServices services) : Identity.IdentityBase
    {
        public override Task<ListTiesResponse> ListTies(ListTiesRequest request, ServerCallContext context) =>
            services.AnswerAsync<ListTiesResponse>(request, context);

        public override Task<SetTieResponse> SetTie(SetTieRequest request, ServerCallContext context) =>
            services.AnswerAsync<SetTieResponse>(request, context);
    }

    private sealed class FakeAttribution(FakeServices services) : Contracts.Attribution.V1.Attribution.AttributionBase
    {
        public override Task<GetAttributionResponse> GetAttribution(
            GetAttributionRequest request, ServerCallContext context) =>
            services.AnswerAsync<GetAttributionResponse>(request, context);
    }
}
