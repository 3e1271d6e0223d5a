using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Metrics.V1;
using Name = SessionPlatform.Contracts.Metrics.V1.Dimension.Types.Name;
using Operator = SessionPlatform.Contracts.Metrics.V1.Filter.Types.Operator;

namespace SessionPlatform.Cli.Tests.Parsing;

public sealed class FiltersTests
{
    public static TheoryData<string, Name, Operator, string[]> Good => new()
    {
        { "country is CH,DE", Name.Country, Operator.Is, ["CH", "DE"] },
        { " Country  IS-NOT  CH , DE ", Name.Country, Operator.IsNot, ["CH", "DE"] },
        { "country is not CH", Name.Country, Operator.IsNot, ["CH"] },
        { "path contains-not /a,/b", Name.Path, Operator.ContainsNot, ["/a", "/b"] },
        { "entry_page contains not /a b", Name.EntryPage, Operator.ContainsNot, ["/a b"] },
        { "path matches ^/p/[0-9]{1,3}$", Name.Path, Operator.Matches, ["^/p/[0-9]{1,3}$"] },
        { "path matches not ^/p, x", Name.Path, Operator.MatchesNot, ["^/p, x"] },
        { @"source is a\,b,c", Name.Source, Operator.Is, ["a,b", "c"] },
        { "campaign any", Name.Campaign, Operator.Any, [] },
        { "campaign none", Name.Campaign, Operator.Is, [""] },
        { "has-user-id is true", Name.HasUserId, Operator.Is, ["true"] },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void Filters_are_read_as_people_type_them(string text, Name dimension, Operator comparison, string[] values)
    {
        var filter = Filters.Parse(text, out var error);

        Assert.Empty(error);
        Assert.Equal(new Filter { Dimension = dimension, Operator = comparison, Values = { values } }, filter);
    }

    [Theory]
    [InlineData("country", "country is CH,DE")]
    [InlineData("land is CH", "'land' is no dimension")]
    [InlineData("country equals CH", "'equals' is no operator")]
    [InlineData("country is", "'is' takes values")]
    [InlineData("country any CH", "'any' takes no values")]
    public void What_is_no_filter_says_what_would_be(string text, string expected)
    {
        Assert.Null(Filters.Parse(text, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/p/*=Product", "/p/*", "Product")]
    [InlineData("/docs/**", "/docs/**", "")]
    [InlineData("/s?q=*=Search", "/s?q=*", "Search")]
    public void Rules_give_pages_a_name_or_that_of_their_pattern(string text, string pattern, string name)
    {
        var rule = PathRules.Parse(text, out _);
        Assert.Equal((pattern, name), (rule?.Pattern, rule?.Replacement));
    }

    [Fact]
    public void A_rule_without_a_pattern_is_none()
    {
        Assert.Null(PathRules.Parse("=Product", out var error));
        Assert.Contains("/p/*=Product", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_metric_and_dimension_of_the_contract_has_a_word()
    {
        foreach (var metric in Enum.GetValues<Metric.Types.Name>().Where(metric => metric != 0))
            Assert.Equal(metric, ReportWords.Metrics.Parse(ReportWords.Metrics.Of(metric), out _));
        foreach (var dimension in Enum.GetValues<Name>().Where(dimension => dimension != 0))
            Assert.Equal(dimension, ReportWords.Dimensions.Parse(ReportWords.Dimensions.Of(dimension), out _));
        Assert.Equal("sessions-under-30s", ReportWords.Metrics.Of(Metric.Types.Name.SessionsUnder30S));
    }
}
