namespace SessionPlatform.Rules.Tests;

public sealed class EventKindsTests
{
    [Fact]
    public void Every_kind_has_one_word_that_is_read_back()
    {
        var kinds = Enum.GetValues<EventKind>().Where(kind => kind != EventKind.Unknown).ToList();

        Assert.Equal(kinds, EventKinds.All.Select(EventKinds.Parse));
        Assert.Equal(EventKinds.All, kinds.Select(EventKinds.Format));
    }

    [Fact]
    public void Any_other_word_is_an_unknown_kind_without_a_word()
    {
        Assert.Equal(EventKind.Unknown, EventKinds.Parse("PageView"));
        Assert.False(EventKinds.IsKnown(""));
        Assert.True(EventKinds.IsKnown("page_leave"));
        Assert.Throws<ArgumentOutOfRangeException>(() => EventKinds.Format(EventKind.Unknown));
    }
}
