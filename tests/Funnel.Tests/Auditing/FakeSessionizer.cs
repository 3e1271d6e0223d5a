using System.Collections.Concurrent;
using Grpc.Core;
using SessionPlatform.Access;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Funnel.Tests.Auditing;

/// <summary>The Sessionizer's sessions of one site, a few to a message.</summary>
internal sealed class FakeSessionizer : Sessions.SessionsBase
{
    private const int AtOnce = 7;

    public ConcurrentDictionary<string, SessionDocument> Stored { get; } = new();

    /// <summary>What other rules would make; what is wrong with them is thrown.</summary>
    public Func<SiteRules, IEnumerable<SessionDocument>> ByRules { get; set; } = _ => [];

    public bool IsAway { get; set; }

    /// <summary>Takes a fact over, as the Sessionizer has it before anyone is told.</summary>
    public void Learn(SessionFact fact)
    {
        var document = fact.Updated?.Document ?? fact.Closed?.Document;
        if (document is null)
            Stored.TryRemove(fact.Retracted.SessionId, out _);
        else
            Stored[document.Session.SessionId] = document;
    }

    public override async Task StreamDocuments(
        StreamDocumentsRequest request,
        IServerStreamWriter<StreamDocumentsResponse> responseStream,
        ServerCallContext context)
    {
        context.RequirePlatform();
        if (IsAway)
            throw new RpcException(new Status(StatusCode.Unavailable, "Starting."));
        var documents = request.ByRules is null ? Stored.Values : ByRules(request.ByRules);
        var (from, to) = (request.Range?.From?.ToDateTime(), request.Range?.To?.ToDateTime());
        var inRange = documents.Where(document => document.Session.StartedAt.ToDateTime() is var start
            && !(from > start) && !(to <= start));
        foreach (var some in inRange.Chunk(AtOnce))
            await responseStream.WriteAsync(new() { Documents = { some } }, context.CancellationToken);
    }

    public override Task<GetSessionResponse> GetSession(GetSessionRequest request, ServerCallContext context)
    {
        context.RequirePlatform();
        return Stored.TryGetValue(request.SessionId, out var document)
            ? Task.FromResult(new GetSessionResponse { Document = document })
            : throw new RpcException(new Status(StatusCode.NotFound, "None."));
    }
}

/// <summary>Time in which nobody waits: where somebody would, something can happen instead.</summary>
internal sealed class ImpatientTime : TimeProvider
{
    private int pauses;

    public int Pauses => Volatile.Read(ref pauses);

    public Func<Task> OnPauseAsync { get; set; } = () => Task.CompletedTask;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref pauses);
        _ = Task.Run(async () =>
        {
            await OnPauseAsync();
            callback(state);
        });
        return new NoTimer();
    }

    private sealed class NoTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
