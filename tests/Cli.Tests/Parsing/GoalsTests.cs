using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Tests.Parsing;

public sealed class GoalsTests
{
    [Theory]
    [InlineData("Thanks:path=/thanks**", "", "", "/thanks**")]
    [InlineData("a b: kind=click, name=Add, to cart, path=/x,y:z=1", "click", "Add, to cart", "/x,y:z=1")]
    [InlineData("Signed up:event=sign_up", "", "sign_up", "")]
    public void A_goal_is_a_name_and_fields_like_a_step(string text, string kind, string name, string path)
    {
        var goal = Goals.Parse(text, out _);

        var called = text.Split(':')[0];
        Assert.Equal(new Goal { Name = called, Kind = kind, EventName = name, Path = path }, goal);
        Assert.Equal(goal, Goals.Parse(Goals.Format(goal!), out _));
    }

    [Theory]
    [InlineData("Thanks")]
    [InlineData(":kind=click")]
    [InlineData("Thanks:")]
    [InlineData("Thanks:category=cart")]
    public void Anything_else_is_explained(string text)
    {
        Assert.Null(Goals.Parse(text, out var error));
        Assert.Contains("goal", error, StringComparison.Ordinal);
        Assert.Contains("write", error, StringComparison.Ordinal);
    }
}
