using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sessions.V1;
using static SessionPlatform.Contracts.Funnels.V1.EventMatch.Types;

namespace SessionPlatform.Funnel.Tests.Reports.FunnelReports;

/// <summary>A pattern as the contract has it, and the same by hand.</summary>
internal sealed record NamedPattern(EventMatch Match, Func<TimelineEvent, Session, bool> Holds)
{
    public static readonly NamedPattern[] All =
    [
        new(new() { Kind = "pageview" }, (happened, _) => happened.Kind == "pageview"),
        new(new() { Path = "/P/*" }, (happened, _) => happened.Path is "/p/1" or "/p/2"),
        new(new() { ExactPath = "/cart" }, (happened, _) => happened.Path == "/cart"),
        new(new() { PathRegex = "^/p(ay|/2)$" }, (happened, _) => happened.Path is "/pay" or "/p/2"),
        new(new() { Category = "cart", Kind = "pageview" },
            (happened, _) => happened is { Category: "Cart", Kind: "pageview" }),
        new(new() { EventName = "buy" }, (happened, _) => happened.Name == "buy"),
        new(new() { Properties = { Of("price", Operator.Greater, Value.ForNumber(10)) } },
            (happened, _) => happened.Properties.TryGetValue("price", out var price) && price.NumberValue > 10),
        new(new() { Properties = { Of("plan", Operator.Contains, Value.ForString("PRO")) } },
            (happened, _) => happened.Properties.TryGetValue("plan", out var plan) && plan.StringValue != "free"),
        new(new() { Kind = "pageview", Properties = { Of("price", Operator.ExistsNot) } },
            (happened, _) => happened.Kind == "pageview" && !happened.Properties.ContainsKey("price")),
        new(new() { Kind = "pageview", Session = { Of(Dimension.Types.Name.Country, "CH") } },
            (happened, session) => happened.Kind == "pageview" && session.Geo.Country == "CH"),
        new(new() { Path = "/pay", Session = { Of(Dimension.Types.Name.Path, "/x") } }, (_, _) => false),
    ];

    private static Property Of(string key, Operator @operator, params Value[] values) =>
        new() { Key = key, Operator = @operator, Values = { values } };

    private static Filter Of(Dimension.Types.Name dimension, string value) =>
        new() { Dimension = dimension, Values = { value } };
}
