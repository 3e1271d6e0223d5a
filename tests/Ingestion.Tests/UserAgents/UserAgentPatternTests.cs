using System.Text.RegularExpressions;
using SessionPlatform.Ingestion.UserAgents;

namespace SessionPlatform.Ingestion.Tests.UserAgents;

public sealed class UserAgentPatternTests
{
    [Theory]
    [InlineData("Firefox", "firefox")]
    [InlineData(@"(Fire)fox/(\d+)\.(\d+)", "fox/ fire")]
    [InlineData(@"^Java\/1\.", "java/1.")]
    [InlineData("(?:Kindle|Silk)/x", "kindle|silk /x")]
    [InlineData("ab(?:cd|)ef", "ab ef")]
    [InlineData("abc?de", "ab de")]
    [InlineData("abc+de", "abc de")]
    [InlineData("abc{0,3}de", "ab de")]
    [InlineData("a{literal", "a{literal")]
    [InlineData("[wW]get", "wget")]
    [InlineData("[^W][wx]get[g-]", "get")]
    [InlineData(@"one[^]\])]two", "one two")]
    [InlineData("(?!not)this(?=that)", "this")]
    [InlineData("one|two", "one|two")]
    [InlineData("one|.*", "")]
    [InlineData("(?i)one", "")]
    [InlineData("one)", "")]
    [InlineData("(one", "")]
    [InlineData(@"\d+.\w", "")]
    public void What_every_match_contains_is_read_off_the_pattern(string pattern, string clauses) =>
        Assert.Equal(
            clauses.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(),
            PatternLiterals.Of(pattern).Select(clause => string.Join('|', clause)).Order());

    [FetchedFact]
    public void Looking_for_literals_first_never_misses_a_match()
    {
        var (rules, crawlers) = ReadAll();
        var userAgents = FetchedData.CrawlerInstances()
            .Where((_, index) => index % 10 == 0)
            .Concat(KnownBrowsers.All.Select(known => (string)((object[])known)[0]))
            .Select(UserAgentText.Of)
            .ToList();

        var matches = 0;
        foreach (var (pattern, options) in rules.All.Select(rule => rule.Pattern).Concat(crawlers)
            .Select(pattern => (pattern, OptionsOf(pattern))))
        {
            var regex = new Regex(pattern.Text, options, TimeSpan.FromSeconds(10));
            foreach (var userAgent in userAgents.Where(userAgent => !pattern.MayMatch(userAgent)))
                Assert.False(regex.IsMatch(userAgent.Text), $"{pattern.Text} on {userAgent.Text}");
            matches += userAgents.Count(pattern.MayMatch);
        }

        // It is of use only if it rules out nearly everything.
        Assert.InRange(matches, 1, userAgents.Count * (rules.All.Count() + crawlers.Count) / 10);
    }

    [FetchedFact]
    public void Every_pattern_of_the_packages_can_be_built()
    {
        var (rules, crawlers) = ReadAll();

        Assert.True(rules.Browsers.Count > 100 && rules.Systems.Count > 100 && rules.Devices.Count > 100);
        foreach (var pattern in rules.All.Select(rule => rule.Pattern).Concat(crawlers))
            _ = new Regex(pattern.Text, OptionsOf(pattern));
    }

    private static (UserAgentRules Rules, IReadOnlyList<UserAgentPattern> Crawlers) ReadAll()
    {
        using var yaml = File.OpenText(FetchedData.Rules);
        using var json = File.OpenRead(FetchedData.Crawlers);
        return (
            UserAgentRules.Read(yaml, UserAgentParser.MatchLimit),
            CrawlerList.Read(json, UserAgentParser.MatchLimit).Patterns);
    }

    private static RegexOptions OptionsOf(UserAgentPattern pattern) =>
        RegexOptions.CultureInvariant | (pattern.IgnoresCase ? RegexOptions.IgnoreCase : RegexOptions.None);
}
