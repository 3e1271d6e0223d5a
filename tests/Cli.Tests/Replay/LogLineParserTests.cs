using System.Text;
using SessionPlatform.Cli.Replay;

namespace SessionPlatform.Cli.Tests.Replay;

public sealed class LogLineParserTests
{
    private const string Common = """host.example - - [01/Jul/1995:00:00:01 -0400] "GET /a/ HTTP/1.0" 200 6245""";

    [Fact]
    public void Common_line_is_a_page_view_of_its_host()
    {
        var read = Parse(Common).Event!;
        Assert.Equal(
            ("shop", "host.example", "pageview", "/a/"), (read.SiteId, read.VisitorId, read.Kind, read.Url));
        Assert.Equal(new DateTimeOffset(1995, 7, 1, 4, 0, 1, TimeSpan.Zero), read.ClientTime.ToDateTimeOffset());
        Assert.Null(read.Device);
        Assert.Equal(0, read.Sequence);
    }

    [Fact]
    public void Combined_line_adds_referrer_and_user_agent()
    {
        var read = Parse($"{Common} \"https://news.example/x\" \"Lynx \\\"2.9\\\"\"").Event!;
        Assert.Equal("https://news.example/x", read.Referrer);
        Assert.Equal("Lynx \"2.9\"", read.Device.UserAgent);
        Assert.Equal("host.example Lynx \"2.9\"", read.VisitorId);
    }

    [Fact]
    public void Dashes_stand_for_nothing()
    {
        var read = Parse($"{Common} \"-\" \"-\"").Event!;
        Assert.Equal(("", "host.example"), (read.Referrer, read.VisitorId));
    }

    [Fact]
    public void Long_visitor_is_its_hash()
    {
        var read = Parse($"{Common} \"-\" \"{new string('x', 200)}\"").Event!;
        Assert.Equal(64, read.VisitorId.Length);
        Assert.NotEqual(read.VisitorId, Parse($"{Common} \"-\" \"{new string('x', 201)}\"").Event!.VisitorId);
    }

    [Theory]
    [InlineData("GET", 200, "/", true)]
    [InlineData("GET", 206, "/movie-list", true)]
    [InlineData("GET", 299, "/x.html", true)]
    [InlineData("GET", 304, "/", false)]
    [InlineData("GET", 404, "/", false)]
    [InlineData("POST", 200, "/", false)]
    [InlineData("HEAD", 200, "/", false)]
    [InlineData("GET", 200, "/logo.GIF", false)]
    [InlineData("GET", 200, "/app.js?v=3", false)]
    [InlineData("GET", 200, "/cgi-bin/imagemap/countdown?99,176", true)]
    [InlineData("GET", 200, "/news?picture=x.gif", true)]
    [InlineData("GET", 200, "/version-1.2/", true)]
    [InlineData("GET", 200, "/readme.txt", true)]
    public void Only_successful_gets_of_no_assets_are_pages(string method, int status, string url, bool isPage)
    {
        var parsed = Parse($"h - - [01/Jul/1995:00:00:01 -0400] \"{method} {url} HTTP/1.1\" {status} -");
        Assert.Null(parsed.Problem);
        Assert.Equal(isPage, parsed.Event is not null);
    }

    [Theory]
    [InlineData("GET /old", "/old")]
    [InlineData("GET /with a space HTTP/1.0", "/with%20a%20space")]
    [InlineData("GET http://shop.example/proxied HTTP/1.1", "http://shop.example/proxied")]
    public void Requests_of_all_times_are_read(string request, string url) =>
        Assert.Equal(url, Parse($"h - - [01/Jul/1995:00:00:01 -0400] \"{request}\" 200 -").Event!.Url);

    [Theory]
    [InlineData("no log at all")]
    [InlineData("""- - - [01/Jul/1995:00:00:01 -0400] "GET / HTTP/1.0" 200 1""")]
    [InlineData("""h - - [01/Jul/1995 00:00:01] "GET / HTTP/1.0" 200 1""")]
    [InlineData("""h - - [31/Feb/1995:00:00:01 -0400] "GET / HTTP/1.0" 200 1""")]
    [InlineData("""h - - [01/Jul/1995:00:00:01 -0400] "GET / HTTP/1.0 200 1""")]
    [InlineData("""h - - [01/Jul/1995:00:00:01 -0400] "GET / HTTP/1.0" OK 1""")]
    [InlineData("""h - - [01/Jul/1995:00:00:01 -0400] "GET / HTTP/1.0" 200 many""")]
    [InlineData("""h - - [01/Jul/1995:00:00:01 -0400] "GET / HTTP/1.0" 200 1 "-" "cut off""")]
    [InlineData("""h - - [01/Jul/1995:00:00:01 -0400] "NONSENSE" 200 1""")]
    public void What_is_no_log_line_is_told_and_never_thrown(string line) =>
        Assert.NotEmpty(Parse(line).Problem ?? "");

    [Fact]
    public void Bytes_of_an_attack_answered_with_an_error_are_no_page_and_no_problem() =>
        Assert.Equal(ParsedLine.Skipped, Parse("""h - - [01/Jul/1995:00:00:01 -0400] "\x16\x03\x01" 400 226"""));

    [Fact]
    public void Latin_1_of_old_logs_is_read()
    {
        var line = Encoding.Latin1.GetBytes("h - - [01/Jul/1995:00:00:01 -0400] \"GET /café HTTP/1.0\" 200 1");
        Assert.Equal("/café", new LogLineParser("shop").Parse(line).Event!.Url);
    }

    private static ParsedLine Parse(string line) => new LogLineParser("shop").Parse(Encoding.UTF8.GetBytes(line));
}
