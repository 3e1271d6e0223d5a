namespace SessionPlatform.Messaging;

/// <summary>
/// Which deliveries of one channel are finished, and so which checkpoint markers are passed. The broker numbers the
/// deliveries of a channel 1, 2, 3 …: a marker is passed when every number below its own is finished.
/// </summary>
internal sealed class DeliveryLedger
{
    private readonly Lock sync = new();
    private readonly HashSet<ulong> finishedAhead = [];
    private readonly List<Marker> markers = [];
    private readonly Dictionary<Guid, List<ulong>> requeued = [];
    private ulong finishedThrough;

    /// <summary>A delivery is acknowledged. Returns the checkpoints that are passed by that.</summary>
    public IReadOnlyList<string> Finish(ulong tag, Guid? messageId)
    {
        lock (sync)
        {
            finishedAhead.Add(tag);
            // What went back to the queue came again as this delivery.
            if (messageId is { } id && requeued.Remove(id, out var earlier))
                finishedAhead.UnionWith(earlier);
            while (finishedAhead.Remove(finishedThrough + 1))
                finishedThrough++;
            return TakePassed();
        }
    }

    /// <summary>
    /// A delivery went back to the queue. It stays unfinished, and holds back the markers behind it, until the same
    /// message is finished by a later delivery.
    /// </summary>
    public void Requeue(ulong tag, Guid? messageId)
    {
        if (messageId is not { } id)
            return;
        lock (sync)
        {
            if (!requeued.TryGetValue(id, out var tags))
                requeued.Add(id, tags = []);
            tags.Add(tag);
        }
    }

    /// <summary>A delivery is a checkpoint's marker. Returns the checkpoints that are passed already.</summary>
    public IReadOnlyList<string> Mark(ulong tag, string checkpointId)
    {
        lock (sync)
        {
            markers.Add(new Marker(tag, checkpointId));
            return TakePassed();
        }
    }

    private List<string> TakePassed()
    {
        var passed = markers.Where(marker => marker.Tag <= finishedThrough + 1).OrderBy(marker => marker.Tag)
            .Select(marker => marker.CheckpointId).ToList();
        if (passed.Count > 0)
            markers.RemoveAll(marker => marker.Tag <= finishedThrough + 1);
        return passed;
    }

    private readonly record struct Marker(ulong Tag, string CheckpointId);
}
