using Grpc.Core;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Ingestion.Buffers;
using SessionPlatform.Ingestion.Requests;
using SessionPlatform.Ingestion.Steps;
using SessionPlatform.Ingestion.Telemetry;
using SessionPlatform.Ingestion.UserAgents;
using SessionPlatform.Access;
using SessionPlatform.Messaging;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Ingestion.Intake;

/// <summary>Runs the events of a request through the steps and adds them to the publisher.</summary>
internal sealed class EventIntake(
    EventPublisher publisher,
    ISiteDirectory sites,
    UserAgentCache userAgents,
    IngestionMetrics metrics,
    TimeProvider time)
{
    // Bytes of an accepted event on the bus besides the received ones and the texts that enrichment adds: ids, times,
    // the device, field headers. An estimate is enough for a bound; the exact size would have to be computed twice.
    private const int AddedBytes = 144;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly Violation Malformed = new()
    {
        Reason = Violation.Types.Reason.Malformed,
        Description = "is not a readable Event, or its text is not UTF-8",
    };

    /// <summary>
    /// Submits a request that has been checked as a whole. Waits while there is no room for it. Nothing of it is
    /// durable
    /// before <see cref="ConfirmAsync"/>.
    /// </summary>
    public async ValueTask<Submitted> SubmitAsync(RawBatch batch, Caller caller, CancellationToken cancellationToken)
    {
        var receivedAt = Micros.Of(time.GetUtcNow());
        var submission = await publisher.OpenAsync(batch.Size, cancellationToken);
        try
        {
            var events = ReadEvents(batch);
            var context = new BatchContext
            {
                ReceivedAt = receivedAt,
                SentAt = batch.SentAt is null ? null : Micros.Of(batch.SentAt),
                MaxEventAge = batch.MaxEventAge is null ? null : Micros.Of(batch.MaxEventAge),
                Client = batch.Client,
                UserAgents = new BatchUserAgents(userAgents, time),
                KeySite = caller.Site,
                Sites = caller.IsPlatform ? await FindSitesAsync(events, cancellationToken) : NoSites,
                Partitions = publisher.Partitions,
            };
            return Process(batch, events, context, submission);
        }
        finally
        {
            submission.EndShare();
        }
    }

    /// <summary>Completes when every event of a request is durable, its rejects included.</summary>
    /// <exception cref="RpcException">UNAVAILABLE or RESOURCE_EXHAUSTED: at least one is not.</exception>
    public async Task ConfirmAsync(Submitted submitted, CancellationToken cancellationToken)
    {
        var failure = await submitted.Submission.Completion.WaitAsync(cancellationToken);
        if (failure is not null)
            throw ToRpcException(failure);
        Count(submitted);
    }

    /// <summary>
    /// Records a request that is refused for its number of events, and completes when the record is durable.
    /// </summary>
    /// <exception cref="RpcException">UNAVAILABLE or RESOURCE_EXHAUSTED: the record is not durable.</exception>
    public async Task RejectTooLargeAsync(RawBatch batch, Caller caller, CancellationToken cancellationToken)
    {
        var submission = await publisher.OpenAsync(0, cancellationToken);
        publisher.Add(
            RejectedEvents.Several(
                caller.Site?.SiteId ?? "", RejectedEvents.BatchTooLarge, batch.EventCount, Micros.Of(time.GetUtcNow())),
            submission);
        submission.EndShare();
        var failure = await submission.Completion.WaitAsync(cancellationToken);
        if (failure is not null)
            throw ToRpcException(failure);
        metrics.Rejected(RejectedEvents.BatchTooLarge, batch.EventCount);
    }

    /// <summary>Places a checkpoint in every partition and returns the number of partitions.</summary>
    /// <exception cref="RpcException">UNAVAILABLE or RESOURCE_EXHAUSTED: at least one has none.</exception>
    public async Task<int> PlaceCheckpointAsync(string checkpointId, CancellationToken cancellationToken)
    {
        try
        {
            await publisher.PlaceCheckpointAsync(checkpointId, cancellationToken);
        }
        catch (Exception exception) when (exception is BrokerUnavailableException or BrokerFullException)
        {
            throw ToRpcException(exception);
        }
        return publisher.Partitions;
    }

    private static IReadOnlyDictionary<string, Site> NoSites { get; } = new Dictionary<string, Site>();

    private static Event?[] ReadEvents(RawBatch batch)
    {
        var events = new Event?[batch.EventCount];
        for (var ordinal = 0; ordinal < events.Length; ordinal++)
            events[ordinal] = EventReader.Read(batch.Event(ordinal));
        return events;
    }

    private async ValueTask<IReadOnlyDictionary<string, Site>> FindSitesAsync(
        Event?[] events, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, Site>();
        var asked = new HashSet<string>();
        foreach (var sent in events)
            if (sent is not null && AuthenticateSite.IsSiteId(sent.SiteId) && asked.Add(sent.SiteId)
                && await sites.FindAsync(sent.SiteId, cancellationToken) is { } site)
                found.Add(sent.SiteId, site);
        return found;
    }

    private Submitted Process(RawBatch batch, Event?[] events, BatchContext context, Submission submission)
    {
        var outcomes = new EventOutcome[events.Length];
        var accepted = 0;
        for (var ordinal = 0; ordinal < events.Length; ordinal++)
        {
            var received = batch.Event(ordinal);
            if (events[ordinal] is not { } sent)
            {
                outcomes[ordinal] = new EventOutcome(null, [Malformed], false);
                Reject(context.KeySite?.SiteId ?? "", received, ordinal, Malformed, context, submission);
                continue;
            }
            var draft = new EventDraft(sent, ordinal);
            IngestionSteps.Run(draft, context);
            if (draft.Violations.Count > 0)
            {
                var id = EventIds.Settle(sent, ordinal, context.ReceivedAt);
                outcomes[ordinal] = new EventOutcome(id, draft.Violations, false);
                Reject(draft.Site?.SiteId ?? "", received, ordinal, draft.Violations[0], context, submission);
                continue;
            }
            accepted++;
            outcomes[ordinal] = new EventOutcome(draft.EventId, [], draft.Accepted.ClockClamped);
            publisher.Add(draft.Accepted, draft.Partition, SizeOf(draft.Accepted, received.Length), submission);
        }
        return new Submitted(batch.Sequence, outcomes, accepted, submission);
    }

    private void Reject(
        string siteId,
        ReadOnlySpan<byte> received,
        int ordinal,
        Violation first,
        BatchContext context,
        Submission submission) =>
        publisher.Add(RejectedEvents.One(siteId, received, ordinal, first, context.ReceivedAt), submission);

    private static int SizeOf(AcceptedEvent accepted, int received) =>
        received + AddedBytes + accepted.Path.Length + accepted.Host.Length + accepted.ReferrerHost.Length
        + accepted.StreamKey.Length + accepted.Channel.Length;

    private void Count(Submitted submitted)
    {
        var clamped = 0;
        foreach (var outcome in submitted.Outcomes)
            if (!outcome.Accepted)
                metrics.Rejected(RejectedEvents.NameOf(outcome.Violations[0].Reason), 1);
            else if (outcome.ClockClamped)
                clamped++;
        metrics.Accepted(submitted.Accepted, clamped);
    }

    private static Exception ToRpcException(Exception failure) => failure switch
    {
        BrokerFullException => GrpcErrors.ResourceExhausted(
            "The broker's queues are full; nothing of the request is acknowledged, send it again later.",
            RetryAfter),
        BrokerUnavailableException or OperationCanceledException => GrpcErrors.Unavailable(
            "The broker is unavailable; nothing of the request is acknowledged, send it again.", RetryAfter),
        _ => failure,
    };
}
