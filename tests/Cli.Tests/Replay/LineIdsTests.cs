using SessionPlatform.Cli.Replay;

namespace SessionPlatform.Cli.Tests.Replay;

public sealed class LineIdsTests
{
    [Fact]
    public void Ids_do_not_depend_on_the_order_of_the_lines()
    {
        string[] lines = ["a", "b", "a", "c", "a", "b"];
        var ids = Ids(lines);
        Assert.Equal(6, ids.Distinct().Count());
        Assert.Equal(ids.Order(), Ids(lines.Reverse()).Order());
        Assert.Equal(ids, Ids(lines));
    }

    [Fact]
    public void Ids_never_change() => Assert.Equal("258069a1-ee97-8ab6-915b-2ab3d4d6d0b7", Ids(["a"]).Single());

    private static List<string> Ids(IEnumerable<string> lines)
    {
        var ids = new LineIds();
        return [.. lines.Select(line => ids.Next(System.Text.Encoding.UTF8.GetBytes(line)))];
    }
}
