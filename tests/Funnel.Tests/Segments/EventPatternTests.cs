using Grpc.Core;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Segments;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Tests.Segments;

/// <summary>Which events a pattern is about.</summary>
public sealed class EventPatternTests
{
    private static readonly TimelineEvent Happened = new()
    {
        Kind = "click",
        Name = "add",
        Path = "/Shop/shoes",
        Category = "Product",
        Properties =
        {
            ["text"] = Value.ForString("Größe 12"),
            ["number"] = Value.ForNumber(12.5),
            ["flag"] = Value.ForBool(true),
        },
    };

    [Theory]
    [InlineData("""{"kind": "click"}""", true)]
    [InlineData("""{"kind": "pageview"}""", false)]
    [InlineData("""{"kind": "click", "eventName": "Add"}""", false)]
    [InlineData("""{"path": "/shop/*"}""", true)]
    [InlineData("""{"path": "/*"}""", false)]
    [InlineData("""{"exactPath": "/shop/shoes"}""", false)]
    [InlineData("""{"exactPath": "/Shop/shoes"}""", true)]
    [InlineData("""{"pathRegex": "^/Shop/.*s$"}""", true)]
    [InlineData("""{"pathRegex": "boots"}""", false)]
    [InlineData("""{"category": "pRODUCT"}""", true)]
    [InlineData("""{"properties": [{"key": "text", "values": ["Größe 12"]}]}""", true)]
    [InlineData("""{"properties": [{"key": "text", "values": ["x", "größe 12"]}]}""", false)]
    [InlineData("""{"properties": [{"key": "number", "values": [12.5]}]}""", true)]
    [InlineData("""{"properties": [{"key": "number", "values": ["12.5"]}]}""", false)]
    [InlineData("""{"properties": [{"key": "flag", "values": [true]}]}""", true)]
    [InlineData("""{"properties": [{"key": "flag", "operator": "IS_NOT", "values": [false]}]}""", true)]
    [InlineData("""{"properties": [{"key": "none", "operator": "IS_NOT", "values": [false]}]}""", false)]
    [InlineData("""{"properties": [{"key": "text", "operator": "CONTAINS", "values": ["GRÖ"]}]}""", true)]
    [InlineData("""{"properties": [{"key": "number", "operator": "CONTAINS", "values": ["2.5"]}]}""", true)]
    [InlineData("""{"properties": [{"key": "text", "operator": "MATCHES", "values": ["^x", "\\d+$"]}]}""", true)]
    [InlineData("""{"properties": [{"key": "none", "operator": "MATCHES", "values": ["."]}]}""", false)]
    [InlineData("""{"properties": [{"key": "flag", "operator": "EXISTS"}]}""", true)]
    [InlineData("""{"properties": [{"key": "flag", "operator": "EXISTS_NOT"}]}""", false)]
    [InlineData("""{"properties": [{"key": "none", "operator": "EXISTS_NOT"}]}""", true)]
    [InlineData("""{"properties": [{"key": "number", "operator": "GREATER", "values": [12.5]}]}""", false)]
    [InlineData("""{"properties": [{"key": "number", "operator": "GREATER", "values": [12.4]}]}""", true)]
    [InlineData("""{"properties": [{"key": "number", "operator": "LESS", "values": [13]}]}""", true)]
    [InlineData("""{"properties": [{"key": "text", "operator": "LESS", "values": [13]}]}""", false)]
    [InlineData("""{"properties": [{"key": "flag", "operator": "EXISTS"}, {"key": "x", "values": [1]}]}""", false)]
    public void All_that_is_given_must_hold(string json, bool expected)
    {
        var match = EventMatch.Parser.ParseJson(json);
        var violations = new Violations();
        EventMatchRules.Check(match, "match", violations);
        Assert.Equal(0, violations.Count);

        Assert.Equal(expected, new EventPattern(match).Matches(Happened));
    }

    [Fact]
    public void An_event_without_a_path_matches_no_path()
    {
        Assert.False(new EventPattern(new EventMatch { Path = "**" }).Matches(new TimelineEvent()));
        Assert.False(new EventPattern(new EventMatch { PathRegex = "^" }).Matches(new TimelineEvent()));
    }

    [Theory]
    [InlineData("{}", "match")]
    [InlineData("""{"kind": "view"}""", "match.kind")]
    [InlineData("""{"pathRegex": "("}""", "match.path_regex")]
    [InlineData("""{"pathRegex": "(a)\\1"}""", "match.path_regex")]
    [InlineData("""{"pathRegex": "(?=a)"}""", "match.path_regex")]
    [InlineData("""{"properties": [{"values": ["a"]}]}""", "match.properties[0].key")]
    [InlineData("""{"properties": [{"key": "a"}]}""", "match.properties[0].values")]
    [InlineData("""{"properties": [{"key": "a", "operator": 77, "values": ["a"]}]}""", "match.properties[0].operator")]
    [InlineData("""{"properties": [{"key": "a", "values": [null]}]}""", "match.properties[0].values[0]")]
    [InlineData("""{"properties": [{"key": "a", "values": [[1]]}]}""", "match.properties[0].values[0]")]
    [InlineData(
        """{"properties": [{"key": "a", "operator": "MATCHES", "values": ["["]}]}""", "match.properties[0].values[0]")]
    [InlineData(
        """{"properties": [{"key": "a", "operator": "CONTAINS", "values": [1]}]}""", "match.properties[0].values[0]")]
    [InlineData(
        """{"properties": [{"key": "a", "operator": "LESS", "values": ["1"]}]}""", "match.properties[0].values")]
    [InlineData(
        """{"properties": [{"key": "a", "operator": "EXISTS", "values": [1]}]}""", "match.properties[0].values")]
    [InlineData("""{"session": [{"values": ["a"]}]}""", "match.session[0].dimension")]
    public void What_is_wrong_is_named(string json, string field)
    {
        var violations = new Violations();
        EventMatchRules.Check(EventMatch.Parser.ParseJson(json), "match", violations);

        var details = violations.ToException().GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!;
        Assert.Equal([field], details.FieldViolations.Select(violation => violation.Field));
    }
}
