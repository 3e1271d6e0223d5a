namespace SessionPlatform.Messaging.Tests;

public sealed class DeliveryLedgerTests
{
    private readonly DeliveryLedger ledger = new();

    [Fact]
    public void A_marker_with_nothing_ahead_is_passed_at_once()
    {
        Assert.Equal(["c"], ledger.Mark(1, "c"));
    }

    [Fact]
    public void A_marker_waits_for_every_delivery_ahead_of_it_in_whatever_order_they_finish()
    {
        Assert.Empty(ledger.Finish(3, null));
        Assert.Empty(ledger.Mark(4, "c"));
        Assert.Empty(ledger.Finish(4, null));
        Assert.Empty(ledger.Finish(1, null));
        Assert.Equal(["c"], ledger.Finish(2, null));
        Assert.Empty(ledger.Finish(5, null));
    }

    [Fact]
    public void A_marker_does_not_wait_for_what_comes_behind_it()
    {
        ledger.Finish(1, null);

        Assert.Equal(["c"], ledger.Mark(2, "c"));
    }

    [Fact]
    public void Markers_are_passed_in_order()
    {
        ledger.Mark(3, "second");
        ledger.Mark(2, "first");

        Assert.Equal(["first"], ledger.Finish(1, null));
        Assert.Equal(["second"], ledger.Finish(2, null));
    }

    [Fact]
    public void A_delivery_that_went_back_to_the_queue_holds_markers_until_it_is_finished_by_another()
    {
        var message = Guid.NewGuid();
        ledger.Requeue(1, message);
        Assert.Empty(ledger.Mark(2, "c"));
        Assert.Empty(ledger.Finish(2, Guid.NewGuid()));

        Assert.Equal(["c"], ledger.Finish(3, message));
    }

    [Fact]
    public void A_delivery_that_cannot_be_read_is_reported_as_failed_and_then_finished()
    {
        var message = Guid.NewGuid();
        ledger.Requeue(1, message);
        ledger.Mark(2, "c");

        Assert.Equal(["c"], ledger.Finish(1, message));
    }
}
