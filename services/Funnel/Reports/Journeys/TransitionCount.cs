using SessionPlatform.Contracts.Journeys.V1;

namespace SessionPlatform.Funnel.Reports.Journeys;

/// <summary>Makes paths of sessions and counts their transitions.</summary>
internal sealed class TransitionCount : IJourneyTally
{
    private readonly PathShape shape;
    private readonly int length;
    private readonly JourneyRoom room;
    private readonly PathShaper shaper;

    /// <param name="shape">Valid.</param>
    /// <param name="length">Steps that are looked at.</param>
    /// <param name="room">How much there may be.</param>
    public TransitionCount(PathShape shape, int length, JourneyRoom room)
    {
        (this.shape, this.length, this.room) = (shape, length, room);
        Pages = new PageNames(shape);
        Devices = new DeviceNames();
        shaper = new PathShaper(shape, length, Pages);
        Tally = new TransitionTally(Pages, length, shaper.KeepsLast);
        Name = $"transitions {length} {shape}";
    }

    private TransitionCount(TransitionCount other)
    {
        (shape, length, room, Name) = (other.shape, other.length, other.room, other.Name);
        Pages = other.Pages.Copy();
        Devices = other.Devices.Copy();
        shaper = new PathShaper(shape, length, Pages);
        Tally = other.Tally.Copy(Pages);
    }

    public TransitionTally Tally { get; }

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

    public IJourneyTally GoOn() => new TransitionCount(this);
}
