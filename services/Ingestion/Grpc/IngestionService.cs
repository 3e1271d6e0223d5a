using Grpc.Core;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Ingestion.Configuration;
using SessionPlatform.Ingestion.Intake;
using SessionPlatform.Ingestion.Requests;
using SessionPlatform.Ingestion.Steps;
using SessionPlatform.Access;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Ingestion.Grpc;

/// <summary>
/// Handles the RPCs of Ingestion. A call that fails has acknowledged no event beyond those in its answers. Calls are
/// authorized before they arrive here, see <see cref="AccessInterceptor"/>.
/// </summary>
internal sealed class IngestionService(
    EventIntake intake, IOptions<IngestionOptions> options, IHostApplicationLifetime lifetime)
    : IngestionContract.ServiceBase
{
    /// <inheritdoc />
    public override async Task<TrackResponse> Track(RawBatch request, ServerCallContext context)
    {
        var caller = context.GetCaller();
        await CheckAsync(request, caller, context.CancellationToken);
        var submitted = await intake.SubmitAsync(request, caller, context.CancellationToken);
        await intake.ConfirmAsync(submitted, context.CancellationToken);
        return ToResponse(submitted);
    }

    /// <inheritdoc />
    public override async Task TrackStream(
        IAsyncStreamReader<RawBatch> requestStream,
        IServerStreamWriter<TrackStreamResponse> responseStream,
        ServerCallContext context)
    {
        var call = new StreamCall(
            intake, context.GetCaller(), options.Value.StreamBatchesInFlight, lifetime.ApplicationStopping);
        await call.RunAsync(requestStream, responseStream, context.CancellationToken);
    }

    /// <inheritdoc />
    public override async Task<PlaceCheckpointResponse> PlaceCheckpoint(
        PlaceCheckpointRequest request, ServerCallContext context)
    {
        var checkpointId = Guid.CreateVersion7().ToString();
        var partitions = await intake.PlaceCheckpointAsync(checkpointId, context.CancellationToken);
        return new PlaceCheckpointResponse { CheckpointId = checkpointId, Partitions = partitions };
    }

    private async Task CheckAsync(RawBatch request, Caller caller, CancellationToken cancellationToken)
    {
        var violations = new Violations();
        BatchRules.CheckRequest(request, violations);
        if (request.EventCount > RawBatch.MaxEvents)
            await intake.RejectTooLargeAsync(request, caller, cancellationToken);
        violations.ThrowIfAny();
    }

    private static TrackResponse ToResponse(Submitted submitted)
    {
        var response = new TrackResponse
        {
            Accepted = (uint)submitted.Accepted,
            Rejected = (uint)(submitted.Outcomes.Length - submitted.Accepted),
        };
        response.Verdicts.Capacity = submitted.Outcomes.Length;
        foreach (var outcome in submitted.Outcomes)
            response.Verdicts.Add(ToVerdict(outcome));
        return response;
    }

    private static Verdict ToVerdict(EventOutcome outcome)
    {
        var verdict = new Verdict
        {
            Accepted = outcome.Accepted,
            EventId = outcome.EventId is null ? "" : EventIds.ToText(outcome.EventId),
            ClockClamped = outcome.ClockClamped,
        };
        if (!outcome.Accepted)
            verdict.Violations.Add(outcome.Violations);
        return verdict;
    }
}
