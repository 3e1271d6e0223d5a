using SessionPlatform.Contracts.Ingestion.V1;

namespace SessionPlatform.Cli.Replay;

/// <summary>Counts the accepted and rejected events of a run.</summary>
internal sealed class SendReport
{
    /// <summary>The maximum number of rejects listed; further ones are only counted.</summary>
    public const int ExamplesKept = 10;

    private readonly Dictionary<(Violation.Types.Reason Reason, string Field), long> rejects = [];
    private readonly List<RejectExample> examples = [];
    private long accepted;
    private long rejected;

    public long Accepted => Interlocked.Read(ref accepted);

    public long Rejected => Interlocked.Read(ref rejected);

    public long Acknowledged => Accepted + Rejected;

    /// <summary>The number of rejects by the first violation of each event, most frequent first.</summary>
    public IReadOnlyList<RejectGroup> Rejects =>
        [.. rejects
            .OrderByDescending(group => group.Value)
            .ThenBy(group => group.Key)
            .Select(group => new RejectGroup(group.Key.Reason, group.Key.Field, group.Value))];

    public IReadOnlyList<RejectExample> Examples => examples;

    public void Accept(long events) => Interlocked.Add(ref accepted, events);

    public void Reject(long line, IReadOnlyList<Violation> violations)
    {
        Interlocked.Increment(ref rejected);
        var first = violations.Count > 0 ? violations[0] : new Violation();
        var group = (first.Reason, first.Field);
        rejects[group] = rejects.GetValueOrDefault(group) + 1;
        if (examples.Count < ExamplesKept)
            examples.Add(new RejectExample(line, first.Field, first.Description));
    }
}

internal sealed record RejectGroup(Violation.Types.Reason Reason, string Field, long Events);

internal sealed record RejectExample(long Line, string Field, string Description);
