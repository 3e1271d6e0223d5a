namespace SessionPlatform.Rules.Tests;

public sealed class ReferrersTests
{
    private readonly Referrers referrers = new(["shop.example", "pay.example"]);

    [Theory]
    [InlineData("news.example", true)]
    [InlineData("myshop.example", true)]
    [InlineData("example", true)]
    [InlineData("", false)]
    [InlineData("shop.example", false)]
    [InlineData("blog.shop.example", false)]
    [InlineData("a.b.pay.example", false)]
    [InlineData("own.test", false)]
    [InlineData("sub.own.test", false)]
    [InlineData("town.test", true)]
    public void Only_a_host_outside_the_site_is_external(string referrer, bool expected) =>
        Assert.Equal(expected, referrers.IsExternal(referrer, "own.test"));

    [Fact]
    public void Without_an_own_host_only_the_hosts_of_the_site_count()
    {
        Assert.True(referrers.IsExternal("news.example", ""));
        Assert.False(referrers.IsExternal("shop.example", ""));
    }
}
