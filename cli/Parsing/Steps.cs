using SessionPlatform.Contracts.Funnels.V1;

namespace SessionPlatform.Cli.Parsing;

/// <summary>Parses steps of a funnel as people type them, with the fields kind, event, path and category.</summary>
internal static class Steps
{
    public const string Grammar = NamedFields.Grammar;

    private static readonly NamedFields Syntax =
        new("step", "Cart:kind=pageview,path=/cart/**", "kind=, event=, path= or category=");

    /// <summary>Returns the step, or null and the error.</summary>
    public static FunnelStep? Parse(string text, out string error)
    {
        var step = new FunnelStep();
        if (Syntax.Parse(text, (field, value) => TrySet(step, field, value), out error) is not { } name)
            return null;
        step.Name = name;
        return step;
    }

    private static bool TrySet(FunnelStep step, string field, string value)
    {
        switch (field)
        {
            case "kind":
                step.Kind = value;
                return true;
            case "event":
                step.EventName = value;
                return true;
            case "path":
                step.Path = value;
                return true;
            case "category":
                step.Category = value;
                return true;
            default:
                return false;
        }
    }
}
