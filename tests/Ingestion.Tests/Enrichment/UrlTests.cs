using SessionPlatform.Ingestion.Enrichment;

namespace SessionPlatform.Ingestion.Tests.Enrichment;

public sealed class UrlTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a/", "/a")]
    [InlineData("//", "/")]
    [InlineData("/a//b///", "/a//b")]
    [InlineData("/a?b=1#c", "/a")]
    [InlineData("/a#b?c", "/a")]
    [InlineData("https://shop.example", "/")]
    [InlineData("https://shop.example?x=/y/", "/")]
    [InlineData("HTTPS://shop.example/A", "/A")]
    [InlineData("https://shop.example/caf%C3%A9/", "/café")]
    [InlineData("/%E2%82%AC%f0%9f%9b%92", "/€🛒")]
    [InlineData("/%E4", "/%E4")]
    [InlineData("/%C3%28", "/%C3(")]
    [InlineData("/100%", "/100%")]
    [InlineData("/%zz%4", "/%zz%4")]
    [InlineData("/a%00b%0A", "/a%00b%0A")]
    [InlineData("/a+b", "/a+b")]
    [InlineData("/a%2F", "/a")]
    public void A_path_is_decoded_where_valid_without_query_fragment_and_trailing_slash(string url, string path) =>
        Assert.Equal(path, PageUrl.Read(url)!.PathWith([]));

    [Theory]
    [InlineData("/search/?q=a+b&page=2&x=1", "/search?q=a+b&page=2")]
    [InlineData("/search?page=2&q=x&q=y#f", "/search?page=2&q=x&q=y")]
    [InlineData("/search?%71=x", "/search?%71=x")]
    [InlineData("/search?quux=1&=2&&", "/search")]
    [InlineData("/?q", "/?q")]
    public void Kept_query_keys_stay_in_the_order_of_the_url(string url, string path) =>
        Assert.Equal(path, PageUrl.Read(url)!.PathWith(["q", "page"]));

    [Theory]
    [InlineData("https://Shop.Example/", "shop.example")]
    [InlineData("https://www.shop.example/", "shop.example")]
    [InlineData("https://user:secret@shop.example:8080/a@b", "shop.example")]
    [InlineData("https://shop.example.", "shop.example")]
    [InlineData("https://bücher.example/", "xn--bcher-kva.example")]
    [InlineData("https://B%C3%BCcher.example/", "xn--bcher-kva.example")]
    [InlineData("http://[2001:DB8::1]:80/", "[2001:db8::1]")]
    [InlineData("http://192.0.2.1/", "192.0.2.1")]
    [InlineData("https://www.com/", "com")]
    [InlineData("/path", "")]
    public void A_host_is_lower_case_without_www_port_and_user(string url, string host) =>
        Assert.Equal(host, PageUrl.Read(url)!.Host);

    [Theory]
    [InlineData("https://www.google.com/", "google.com")]
    [InlineData("android-app://com.google.android.gm/", "com.google.android.gm")]
    [InlineData("about:blank", "")]
    [InlineData("nonsense", "")]
    [InlineData("https://[nonsense/", "")]
    public void A_referrer_without_a_host_is_none(string referrer, string host) =>
        Assert.Equal(host, PageUrl.HostOf(referrer));

    [Theory]
    [InlineData("shop.example", false)]
    [InlineData("pay.shop.example", false)]
    [InlineData("own.test", false)]
    [InlineData("sub.own.test", false)]
    [InlineData("paypal.com", false)]
    [InlineData("checkout.paypal.com", false)]
    [InlineData("", false)]
    [InlineData("notpaypal.com", true)]
    [InlineData("example", true)]
    public void A_referrer_is_external_unless_it_is_the_sites_own_or_ignored(string host, bool external) =>
        Assert.Equal(external, Referrers.IsExternal(host, "own.test", Examples.Shop().Rules));

    [Fact]
    public void Campaign_parameters_are_decoded_and_trimmed_and_the_first_that_is_not_empty_counts()
    {
        var utm = Campaign.FromQuery("utm_source=&utm_source=a%20b+c&utm_source=d&utm_term=+t+&utm_content=%C3%A9");
        Assert.Equal(("a b c", "", "", "t", "é"), (utm!.Source, utm.Medium, utm.Campaign, utm.Term, utm.Content));
        Assert.Null(Campaign.FromQuery("utm_term=t&utm_content=c&utm_source=%20"));
        Assert.Null(Campaign.FromQuery("a=1"));
    }

    [Theory]
    [InlineData("fbclid=1&gclid=2", "gclid")]
    [InlineData("gclid=&li_fat_id=2", "li_fat_id")]
    [InlineData("gclidx=1", "")]
    public void The_click_id_is_the_first_in_the_order_of_the_contract(string query, string kind) =>
        Assert.Equal(kind, Campaign.ClickIdKind(query));
}
