using SessionPlatform.Contracts.Journeys.V1;

namespace SessionPlatform.Funnel.Reports.Journeys;

/// <summary>Makes paths of sessions and counts them.</summary>
internal sealed class PathCount : IJourneyTally
{
    private readonly PathShape shape;
    private readonly int length;
    private readonly JourneyRoom room;
    private readonly PathShaper shaper;

    /// <param name="shape">Valid.</param>
    /// <param name="length">Fewest and most steps of a path.</param>
    /// <param name="byDevice">Whether each path is counted by device, too.</param>
    /// <param name="room">How much there may be.</param>
    public PathCount(PathShape shape, (int Least, int Most) length, bool byDevice, JourneyRoom room)
    {
        (this.shape, this.length, this.room) = (shape, length.Most, room);
        Pages = new PageNames(shape);
        Devices = new DeviceNames();
        Tally = new PathTally(Pages, length.Least, byDevice ? Devices : null);
        shaper = new PathShaper(shape, length.Most, Pages);
        Name = $"paths {length.Least} {length.Most} {byDevice} {shape}";
    }

    private PathCount(PathCount other)
    {
        (shape, length, room, Name) = (other.shape, other.length, other.room, other.Name);
        Pages = other.Pages.Copy();
        Devices = other.Devices.Copy();
        Tally = other.Tally.GoOn(Pages, Devices);
        shaper = new PathShaper(shape, length, Pages);
    }

    public PathTally Tally { get; }

    public PageNames Pages { get; }

    public DeviceNames Devices { get; }

    public string Name { get; }

    public long Bytes => Tally.Bytes + Pages.Bytes;

    public void Add(ReadOnlySpan<int> pages, ReadOnlySpan<long> offsets, JourneySession session)
    {
        Tally.Add(shaper.Shape(pages, offsets), session);
        room.Require(Pages.Count, Tally.Sessions, Tally.Distinct, Tally.Visitors.Count);
    }

    public void Close() => Tally.Close();

    public IJourneyTally GoOn() => new PathCount(this);
}
