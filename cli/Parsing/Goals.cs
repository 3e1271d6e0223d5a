using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Parsing;

/// <summary>Parses goals as people type them, with the fields kind, name and path.</summary>
internal static class Goals
{
    public const string Grammar = NamedFields.Grammar;

    private static readonly NamedFields Syntax = new("goal", "Thanks:path=/thanks**", "kind=, name= or path=");

    /// <summary>Returns the goal, or null and the error.</summary>
    public static Goal? Parse(string text, out string error)
    {
        var goal = new Goal();
        if (Syntax.Parse(text, (field, value) => TrySet(goal, field, value), out error) is not { } name)
            return null;
        goal.Name = name;
        return goal;
    }

    /// <summary>Returns the text that <see cref="Parse"/> reads back.</summary>
    public static string Format(Goal goal)
    {
        var fields = new[] { ("kind", goal.Kind), ("name", goal.EventName), ("path", goal.Path) }
            .Where(field => field.Item2.Length > 0)
            .Select(field => $"{field.Item1}={field.Item2}");
        return $"{goal.Name}:{string.Join(',', fields)}";
    }

    private static bool TrySet(Goal goal, string field, string value)
    {
        switch (field)
        {
            case "kind":
                goal.Kind = value;
                return true;
            // Steps name this field "event".
            case "name" or "event":
                goal.EventName = value;
                return true;
            case "path":
                goal.Path = value;
                return true;
            default:
                return false;
        }
    }
}
