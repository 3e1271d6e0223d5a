namespace SessionPlatform.Messaging;

/// <summary>
/// Tracks which deliveries of one channel are finished, and so which checkpoint markers are passed. The broker numbers
/// the deliveries of a channel 1, 2, 3 …; the highest number up to which all are finished is the watermark. A marker is
/// passed when the watermark is just below it or higher.
/// </summary>
internal sealed class AckTracker
{
    private readonly Lock sync = new();
    private readonly HashSet<ulong> finishedAhead = [];
    private readonly List<Marker> markers = [];
    private readonly Dictionary<Guid, List<ulong>> requeued = [];
    private ulong watermark;

    /// <summary>Notes an acknowledged delivery, and returns the checkpoints that are passed by it.</summary>
    public IReadOnlyList<string> Finish(ulong tag, Guid? messageId)
    {
        lock (sync)
        {
            finishedAhead.Add(tag);
            // Earlier deliveries of this message went back to the queue; this one replaces them.
            if (messageId is { } id && requeued.Remove(id, out var earlier))
                finishedAhead.UnionWith(earlier);
            while (finishedAhead.Remove(watermark + 1))
                watermark++;
            return TakePassed();
        }
    }

    /// <summary>
    /// Notes a delivery that went back to the queue. It stays unfinished, and holds back the markers behind it, until a
    /// later delivery of the same message is finished.
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

    /// <summary>Notes the marker of a checkpoint, and returns the checkpoints that are passed already.</summary>
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
        var passed = markers.Where(marker => marker.Tag <= watermark + 1).OrderBy(marker => marker.Tag)
            .Select(marker => marker.CheckpointId).ToList();
        if (passed.Count > 0)
            markers.RemoveAll(marker => marker.Tag <= watermark + 1);
        return passed;
    }

    private readonly record struct Marker(ulong Tag, string CheckpointId);
}
