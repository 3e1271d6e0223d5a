namespace SessionPlatform.Sessionizer.Tests.Sessions;

public sealed class EventKindTests
{
    [Fact]
    public void Every_known_kind_has_a_word_that_stands_for_it()
    {
        foreach (var kind in Enum.GetValues<EventKind>().Except([EventKind.Unknown]))
            Assert.Equal(kind, EventKinds.Parse(EventKinds.Format(kind)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("PageView")]
    [InlineData("from_the_future")]
    public void Any_other_word_is_unknown(string word) => Assert.Equal(EventKind.Unknown, EventKinds.Parse(word));
}
