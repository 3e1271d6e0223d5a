using System.Text.RegularExpressions;
using SessionPlatform.Contracts.Funnels.V1;

namespace SessionPlatform.Cli.Parsing;

/// <summary>
/// Steps of a funnel as people type them: <c>NAME:FIELD=VALUE[,FIELD=VALUE]…</c> with the fields kind, event, path and
/// category. The name ends at the first colon; a comma begins a field only where one follows, so values may hold
/// commas.
/// </summary>
internal static partial class Steps
{
    public const string Grammar = "NAME:FIELD=VALUE[,FIELD=VALUE]…";

    /// <summary>The step, or null and what is wrong.</summary>
    public static FunnelStep? Parse(string text, out string error)
    {
        error = "";
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
        {
            error = $"'{text}' is no step: write {Grammar}, e.g. 'Cart:kind=pageview,path=/cart/**'.";
            return null;
        }

        var step = new FunnelStep { Name = text[..colon].Trim() };
        foreach (var part in BetweenFields().Split(text[(colon + 1)..]))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !TrySet(step, part[..equals].Trim(), part[(equals + 1)..].Trim()))
            {
                error = $"'{part}' in step '{step.Name}' is no field: write kind=, event=, path= or category=.";
                return null;
            }
        }

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

    [GeneratedRegex(@",(?=\s*[a-z_]+\s*=)")]
    private static partial Regex BetweenFields();
}
