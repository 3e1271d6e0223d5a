using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Cli.Tests.Output;

/// <summary>Tests tables that are wider than the window: a number is never truncated.</summary>
public sealed class DataTableTests
{
    private const string Path = "/products/garden/a-very-long-name";

    [Fact]
    public void A_wide_window_has_everything()
    {
        var text = Rendered.At(200, Pages());

        Assert.Contains("│ page views │", text, StringComparison.Ordinal);
        Assert.Contains(Path, text, StringComparison.Ordinal);
        Assert.Contains("████", text, StringComparison.Ordinal);
        Assert.DoesNotContain("No room", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(75)]
    [InlineData(60)]
    [InlineData(50)]
    public void Bars_and_ends_of_texts_go_before_any_number(int width)
    {
        var text = Rendered.At(width, Pages());

        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= width, line));
        Assert.DoesNotContain("████", text, StringComparison.Ordinal);
        foreach (var number in new[] { "1,234,567", "12.5 %" })
            Assert.Contains($" {number} │", text, StringComparison.Ordinal);
        Assert.Contains("/products/", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_without_room_are_named()
    {
        var text = Rendered.At(40, Pages());

        Assert.Contains(" 1,234,567 │", text, StringComparison.Ordinal);
        Assert.DoesNotContain("12.5 %", text, StringComparison.Ordinal);
        Assert.Contains("No room for exit rate:", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Wide_characters_are_cut_where_they_end()
    {
        var table = new DataTable("名前", ">n");
        table.Row("日本語の商品ページの名前はとても長い", "12");

        var text = Rendered.At(30, table);

        Assert.Contains("│ 日本語の商品ページの… │", text, StringComparison.Ordinal);
        Assert.Contains(" 12 │", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Sentences_wrap_and_texts_are_plain()
    {
        var table = new DataTable("What", "Why");
        table.Wrap(-1);
        table.Row("[red]markup[/]", "a sentence of several words that has no room in one line of a narrow window");

        var text = Rendered.At(50, table);

        Assert.Contains("[red]markup[/]", text, StringComparison.Ordinal);
        Assert.Contains("narrow window", text, StringComparison.Ordinal);
        Assert.DoesNotContain("…", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(140)]
    [InlineData(80)]
    [InlineData(44)]
    public void Every_column_of_words_is_there_or_named(int width)
    {
        var session = new Session { VisitorId = "v", StartedAt = new Timestamp(), Bounced = true };

        var text = Rendered.At(width, SessionTables.Of([session])).ReplaceLineEndings(" ");

        foreach (var title in new[] { "Started", "Visitor", "Pages", "Entry", "Channel", "It is", "Session" })
            Assert.Contains(title, text, StringComparison.Ordinal);
    }

    private static DataTable Pages()
    {
        var table = new DataTable("path", "", ">page views", ">exit rate");
        table.Row(Path, Show.Bar(1, 24), "1,234,567", "12.5 %");
        table.Row("total", "", "1,234,567", "12.5 %");
        return table;
    }
}
