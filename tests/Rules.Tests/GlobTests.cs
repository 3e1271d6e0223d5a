
namespace SessionPlatform.Rules.Tests;

public sealed class GlobTests
{
    [Theory]
    [InlineData("/cart", "/cart", true)]
    [InlineData("/cart", "/CART", true)]
    [InlineData("/cart", "/cart/1", false)]
    [InlineData("/cart**", "/cart", true)]
    [InlineData("/cart**", "/cart/1/2", true)]
    [InlineData("/product/*", "/product/1", true)]
    [InlineData("/product/*", "/product/", true)]
    [InlineData("/product/*", "/product", false)]
    [InlineData("/product/*", "/product/1/reviews", false)]
    [InlineData("/product/**", "/Product/1/reviews", true)]
    [InlineData("/*/product/*", "/de/product/1", true)]
    [InlineData("/*/product/*", "/de/ch/product/1", false)]
    [InlineData("/**/product/*", "/de/ch/product/1", true)]
    [InlineData("**.html", "/a/b/c.html", true)]
    [InlineData("**.html", "/a/b/c.htm", false)]
    [InlineData("/a*c*e", "/abcde", true)]
    [InlineData("/a*c*e", "/ab/cde", false)]
    [InlineData("/x***", "/x/y/z", true)]
    [InlineData("*", "", true)]
    [InlineData("*", "a/b", false)]
    [InlineData("/straße/ä*", "/STRAßE/Äpfel", true)]
    public void Matches_as_documented(string pattern, string path, bool expected) =>
        Assert.Equal(expected, new Glob(pattern).Matches(path));

    [Fact]
    public void Agrees_with_a_matcher_that_tries_everything()
    {
        var random = new Random(1);
        for (var round = 0; round < 20_000; round++)
        {
            var pattern = Text(random, "ab/**", 9);
            var path = Text(random, "abA/", 8);
            Assert.True(
                TryEverything(pattern, path) == new Glob(pattern).Matches(path), $"pattern {pattern}, path {path}");
        }
    }

    [Fact]
    public void Literals_longer_than_a_machine_word_match_across_its_border()
    {
        for (var length = 60; length < 200; length++)
        {
            var glob = new Glob("*" + new string('a', length) + "*" + new string('b', 30));
            Assert.True(glob.Matches("x" + new string('a', length) + "y" + new string('b', 30)));
            Assert.False(glob.Matches("x" + new string('a', length - 1) + "y" + new string('b', 30)));
        }
    }

    [Fact]
    public void A_pattern_made_to_backtrack_is_matched_in_one_pass()
    {
        // With backtracking this would not end in the age of the universe.
        var glob = new Glob(string.Concat(Enumerable.Repeat("**a", 80)) + "b");
        Assert.False(glob.Matches(new string('a', 4096)));
        Assert.True(glob.Matches(new string('a', 4095) + "b"));
    }

    private static bool TryEverything(string pattern, string path)
    {
        if (pattern.Length == 0)
            return path.Length == 0;
        if (pattern[0] != '*')
        {
            return path.Length > 0 && char.ToUpperInvariant(path[0]) == char.ToUpperInvariant(pattern[0])
                && TryEverything(pattern[1..], path[1..]);
        }

        var across = pattern.StartsWith("**", StringComparison.Ordinal);
        var rest = pattern[(across ? 2 : 1)..];
        for (var taken = 0; taken <= path.Length; taken++)
        {
            if (TryEverything(rest, path[taken..]))
                return true;
            if (taken < path.Length && path[taken] == '/' && !across)
                return false;
        }

        return false;
    }

    private static string Text(Random random, string alphabet, int atMost) =>
        new(random.GetItems(alphabet.ToCharArray(), random.Next(atMost + 1)));
}
