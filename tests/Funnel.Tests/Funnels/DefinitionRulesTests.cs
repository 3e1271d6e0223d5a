using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.Funnels;

namespace SessionPlatform.Funnel.Tests.Funnels;

public sealed class DefinitionRulesTests
{
    [Fact]
    public void A_definition_as_the_contract_wants_it_has_no_violation() =>
        Assert.Empty(DefinitionRules.Violations(new FunnelDefinition
        {
            Name = "sign-up_2",
            Steps =
            {
                new FunnelStep { Name = "Seen", Path = "/pricing**" },
                new FunnelStep { Name = "Done", Kind = "conversion", EventName = "signed up" },
            },
        }));

    [Fact]
    public void Every_violation_is_named()
    {
        var violations = DefinitionRules.Violations(new FunnelDefinition
        {
            Name = "Sign up",
            Steps =
            {
                new FunnelStep { Name = "", Path = "/" },
                new FunnelStep { Name = "b" },
                new FunnelStep { Name = "b", Kind = "tap" },
                new FunnelStep { Name = new string('x', 65), Path = new string('*', 257) },
                new FunnelStep { Name = "c", Category = new string('é', 33), EventName = "a\0b" },
            },
        }).Select(violation => violation.Field);

        Assert.Equal(
            [
                "definition.name", "definition.steps[0].name", "definition.steps[1]", "definition.steps[2].name",
                "definition.steps[2].kind", "definition.steps[3].name", "definition.steps[3].path",
                "definition.steps[4].event_name", "definition.steps[4].category",
            ],
            violations);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(21)]
    public void A_funnel_has_2_to_20_steps(int count)
    {
        var steps = Enumerable.Range(0, count).Select(number => new FunnelStep { Name = $"{number}", Path = "/" });
        var violation = Assert.Single(
            DefinitionRules.Violations(new FunnelDefinition { Name = "f", Steps = { steps } }));
        Assert.Equal("definition.steps", violation.Field);
    }

    [Theory]
    [InlineData("ecommerce")]
    [InlineData("")]
    [InlineData("a\n")]
    public void Names_that_cannot_be_taken_are_refused(string name)
    {
        var steps = new[] { new FunnelStep { Name = "a", Path = "/" }, new FunnelStep { Name = "b", Path = "/" } };
        var violation = Assert.Single(
            DefinitionRules.Violations(new FunnelDefinition { Name = name, Steps = { steps } }));
        Assert.Equal("definition.name", violation.Field);
    }

    [Fact]
    public void A_missing_definition_is_one_violation() =>
        Assert.Equal("definition", Assert.Single(DefinitionRules.Violations(null)).Field);
}
