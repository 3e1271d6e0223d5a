namespace SessionPlatform.Messaging.Tests;

public sealed class AckTrackerTests
{
    private readonly AckTracker tracker = new();

    [Fact]
    public void A_marker_with_nothing_ahead_is_passed_at_once()
    {
        Assert.Equal(["c"], tracker.Mark(1, "c"));
    }

    [Fact]
    public void A_marker_waits_for_every_delivery_ahead_of_it_in_whatever_order_they_finish()
    {
        Assert.Empty(tracker.Finish(3, null));
        Assert.Empty(tracker.Mark(4, "c"));
        Assert.Empty(tracker.Finish(4, null));
        Assert.Empty(tracker.Finish(1, null));
        Assert.Equal(["c"], tracker.Finish(2, null));
        Assert.Empty(tracker.Finish(5, null));
    }

    [Fact]
    public void A_marker_does_not_wait_for_what_comes_behind_it()
    {
        tracker.Finish(1, null);

        Assert.Equal(["c"], tracker.Mark(2, "c"));
    }

    [Fact]
    public void Markers_are_passed_in_order()
    {
        tracker.Mark(3, "second");
        tracker.Mark(2, "first");

        Assert.Equal(["first"], tracker.Finish(1, null));
        Assert.Equal(["second"], tracker.Finish(2, null));
    }

    [Fact]
    public void A_delivery_that_went_back_to_the_queue_holds_markers_until_it_is_finished_by_another()
    {
        var message = Guid.NewGuid();
        tracker.Requeue(1, message);
        Assert.Empty(tracker.Mark(2, "c"));
        Assert.Empty(tracker.Finish(2, Guid.NewGuid()));

        Assert.Equal(["c"], tracker.Finish(3, message));
    }

    [Fact]
    public void A_delivery_that_cannot_be_read_is_reported_as_failed_and_then_finished()
    {
        var message = Guid.NewGuid();
        tracker.Requeue(1, message);
        tracker.Mark(2, "c");

        Assert.Equal(["c"], tracker.Finish(1, message));
    }
}
