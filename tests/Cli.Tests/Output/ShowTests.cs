using SessionPlatform.Cli.Output;

namespace SessionPlatform.Cli.Tests.Output;

public sealed class ShowTests
{
    [Theory]
    [InlineData("/a\u001b[2Jb", "/a·[2Jb")]
    [InlineData("a\nb\u202Ec", "a·b·c")]
    [InlineData("/köln/寿司", "/köln/寿司")]
    public void What_visitors_chose_cannot_steer_the_terminal(string text, string shown) =>
        Assert.Equal(shown, Show.Foreign(text));

    [Fact]
    public void Long_text_is_cut() => Assert.Equal("abcd…", Show.Foreign("abcdefgh", 4));

    [Theory]
    [InlineData(1, "████")]
    [InlineData(0.5, "██")]
    [InlineData(0.28125, "█▏")]
    [InlineData(0.0001, "▏")]
    [InlineData(0, "")]
    public void Bars_show_eighths_and_never_hide_what_is_there(double share, string bar) =>
        Assert.Equal(bar, Show.Bar(share, 4));
}
