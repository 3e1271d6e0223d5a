using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Parsing;

/// <summary>
/// Parses channel rules as people type them, with the fields source, medium, campaign, referrer, click_id and path.
/// </summary>
internal static class ChannelRules
{
    public const string Grammar = NamedFields.Grammar;

    private static readonly NamedFields Syntax = new(
        "channel rule",
        "Newsletter:source=news*,medium=email",
        "source=, medium=, campaign=, referrer=, click_id= or path=");

    /// <summary>Returns the rule, or null and the error.</summary>
    public static ChannelRule? Parse(string text, out string error)
    {
        var rule = new ChannelRule();
        if (Syntax.Parse(text, (field, value) => TrySet(rule, field, value), out error) is not { } name)
            return null;
        rule.Name = name;
        return rule;
    }

    /// <summary>Returns the text that <see cref="Parse"/> reads back.</summary>
    public static string Format(ChannelRule rule)
    {
        (string Name, string Value)[] fields =
        [
            ("source", rule.Source), ("medium", rule.Medium), ("campaign", rule.Campaign),
            ("referrer", rule.ReferrerHost), ("click_id", rule.ClickIdKind), ("path", rule.Path),
        ];
        var given = fields.Where(field => field.Value.Length > 0).Select(field => $"{field.Name}={field.Value}");
        return $"{rule.Name}:{string.Join(',', given)}";
    }

    private static bool TrySet(ChannelRule rule, string field, string value)
    {
        switch (field)
        {
            case "source":
                rule.Source = value;
                return true;
            case "medium":
                rule.Medium = value;
                return true;
            case "campaign":
                rule.Campaign = value;
                return true;
            case "referrer" or "referrer_host":
                rule.ReferrerHost = value;
                return true;
            case "click_id" or "click_id_kind":
                rule.ClickIdKind = value;
                return true;
            case "path":
                rule.Path = value;
                return true;
            default:
                return false;
        }
    }
}
