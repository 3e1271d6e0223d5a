using System.Text;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Sessionizer.Sites;

/// <summary>Checks site ids and complete rules against the bounds that sites.proto documents.</summary>
internal static class SiteValidation
{
    private const int MaxDomains = 100;
    private const int MaxIgnoredReferrers = 1000;
    private const int MaxKeptQueryKeys = 50;
    private const int MaxPatterns = 50;
    private const int MaxGoals = 50;
    private const int MaxChannelRules = 50;
    private const int MaxChannelBytes = 64;
    private const int MaxGoalNameBytes = 64;
    private const int MaxEventNameBytes = 128;
    private const int MaxPatternBytes = 256;
    private const int MaxHostBytes = 253;
    private const int MaxQueryKeyBytes = 128;

    public static void CheckSiteId(string siteId, Violations violations)
    {
        var valid = siteId.Length is >= 1 and <= 64
            && char.IsAsciiLetterOrDigit(siteId[0])
            && siteId.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.');
        if (!valid)
        {
            violations.Add(
                "site_id", "must be 1-64 characters of a-z, 0-9, '-', '_', '.', and start with a letter or digit");
        }
    }

    public static void CheckRules(SiteRules rules, Violations violations)
    {
        CheckSpan("rules.timeout", rules.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24), violations);
        CheckSpan("rules.max_duration", rules.MaxDuration, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30), violations);
        CheckSpan(
            "rules.max_event_age", rules.MaxEventAge, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650), violations);
        CheckSpan("rules.engaged_duration", rules.EngagedDuration, TimeSpan.Zero, TimeSpan.FromHours(24), violations);
        if (rules.EngagedPageViews is < 1 or > 1_000_000)
            violations.Add("rules.engaged_page_views", "must be 1-1000000");
        if (!System.Enum.IsDefined(rules.Campaign))
            violations.Add("rules.campaign", "must be BOTH_PRESENT, ANY or OFF");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(rules.TimeZone, out _))
            violations.Add("rules.time_zone", "must be an IANA time zone, e.g. Europe/Zurich");
        if (!System.Enum.IsDefined(rules.WeekStart))
            violations.Add("rules.week_start", "must be MONDAY, SATURDAY or SUNDAY");
        CheckHosts("rules.domains", rules.Domains, MaxDomains, violations);
        CheckHosts("rules.ignored_referrers.hosts", rules.IgnoredReferrers.Hosts, MaxIgnoredReferrers, violations);
        CheckTexts("rules.kept_query_keys", rules.KeptQueryKeys, MaxKeptQueryKeys, MaxQueryKeyBytes, violations);
        if (!System.Enum.IsDefined(rules.SessionKey))
            violations.Add("rules.session_key", "must be BOUNDARY or AUTHORITATIVE");
        CheckGoals(rules.Goals, violations);
        CheckChannelRules(rules.ChannelRules, violations);
        CheckPatterns("browse", rules.Ecommerce.Browse, violations);
        CheckPatterns("product", rules.Ecommerce.Product, violations);
        CheckPatterns("cart", rules.Ecommerce.Cart, violations);
        CheckPatterns("checkout", rules.Ecommerce.Checkout, violations);
        CheckPatterns("confirmation", rules.Ecommerce.Confirmation, violations);
    }

    private static void CheckGoals(RepeatedField<Goal> goals, Violations violations)
    {
        if (goals.Count > MaxGoals)
            violations.Add("rules.goals", $"must have at most {MaxGoals} entries");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < goals.Count; i++)
        {
            var (goal, field) = (goals[i], $"rules.goals[{i}]");
            CheckText($"{field}.name", goal.Name, least: 1, MaxGoalNameBytes, violations);
            if (!names.Add(goal.Name))
                violations.Add($"{field}.name", "must be unique within the site");
            if (goal.Kind.Length > 0 && EventKinds.Parse(goal.Kind) == EventKind.Unknown)
                violations.Add($"{field}.kind", "must be a kind of event, e.g. pageview or custom");
            CheckText($"{field}.event_name", goal.EventName, least: 0, MaxEventNameBytes, violations);
            CheckText($"{field}.path", goal.Path, least: 0, MaxPatternBytes, violations);
            if (goal.Kind.Length + goal.EventName.Length + goal.Path.Length == 0)
                violations.Add(field, "must have at least one of kind, event_name and path");
        }
    }

    private static void CheckChannelRules(RepeatedField<ChannelRule> rules, Violations violations)
    {
        if (rules.Count > MaxChannelRules)
            violations.Add("rules.channel_rules", $"must have at most {MaxChannelRules} entries");
        for (var i = 0; i < rules.Count; i++)
        {
            var (rule, field) = (rules[i], $"rules.channel_rules[{i}]");
            (string Name, string Glob)[] conditions =
            [
                ("source", rule.Source), ("medium", rule.Medium), ("campaign", rule.Campaign),
                ("referrer_host", rule.ReferrerHost), ("click_id_kind", rule.ClickIdKind), ("path", rule.Path),
            ];
            CheckText($"{field}.name", rule.Name, least: 1, MaxChannelBytes, violations);
            foreach (var (name, glob) in conditions)
                CheckText($"{field}.{name}", glob, least: 0, MaxPatternBytes, violations);
            if (conditions.All(condition => condition.Glob.Length == 0))
                violations.Add(field, $"must have at least one of {string.Join(", ", conditions.Select(c => c.Name))}");
        }
    }

    private static void CheckPatterns(string stage, RepeatedField<string> patterns, Violations violations) =>
        CheckTexts($"rules.ecommerce.{stage}", patterns, MaxPatterns, MaxPatternBytes, violations);

    private static void CheckSpan(string field, Duration span, TimeSpan least, TimeSpan most, Violations violations)
    {
        // The first test keeps durations that no TimeSpan can hold away from the conversion.
        var inBounds = span.Seconds >= 0 && span.Seconds <= most.TotalSeconds && span.Nanos is >= 0 and < 1_000_000_000
            && span.ToTimeSpan() >= least && span.ToTimeSpan() <= most;
        if (!inBounds)
            violations.Add(field, $"must be {least:c} to {most:c}");
    }

    private static void CheckHosts(string field, RepeatedField<string> hosts, int most, Violations violations)
    {
        CheckTexts(field, hosts, most, MaxHostBytes, violations);
        for (var i = 0; i < hosts.Count; i++)
        {
            var host = hosts[i];
            if (host.Any(c => char.IsWhiteSpace(c) || c is '/' or ':' or '*' || char.IsUpper(c))
                || host.StartsWith("www.", StringComparison.Ordinal))
            {
                violations.Add(
                    $"{field}[{i}]",
                    "must be a lower-case host without scheme, port and \"www.\", e.g. shop.example");
            }
        }
    }

    private static void CheckTexts(
        string field, RepeatedField<string> texts, int most, int mostBytes, Violations violations)
    {
        if (texts.Count > most)
            violations.Add(field, $"must have at most {most} entries");
        for (var i = 0; i < texts.Count; i++)
            CheckText($"{field}[{i}]", texts[i], least: 1, mostBytes, violations);
    }

    private static void CheckText(string field, string text, int least, int mostBytes, Violations violations)
    {
        if (text.Length < least
            || Encoding.UTF8.GetByteCount(text) > mostBytes
            || text.Contains('\0', StringComparison.Ordinal))
        {
            violations.Add(field, $"must be {least}-{mostBytes} bytes without NUL");
        }
    }
}
