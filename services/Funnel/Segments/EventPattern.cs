using System.Text.RegularExpressions;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Rules;

namespace SessionPlatform.Funnel.Segments;

/// <summary>A compiled <see cref="EventMatch"/>. Matching takes time linear in the length of the event.</summary>
internal sealed class EventPattern
{
    private readonly EventMatch match;
    private readonly Glob? path;
    private readonly Regex? pathExpression;
    private readonly PropertyPattern[] properties;

    /// <param name="match">Checked by <see cref="EventMatchRules"/>.</param>
    public EventPattern(EventMatch match)
    {
        this.match = match;
        path = match.Path.Length > 0 ? new Glob(match.Path) : null;
        pathExpression = match.PathRegex.Length > 0 ? Expressions.Compile(match.PathRegex) : null;
        properties = [.. match.Properties.Select(property => new PropertyPattern(property))];
    }

    /// <summary>
    /// The conditions on the session of the event. <see cref="Matches"/> ignores them: the database evaluates them, see
    /// <see cref="SegmentSql"/>.
    /// </summary>
    public IReadOnlyList<Filter> Session => match.Session;

    /// <summary>A text that identifies the pattern: equal patterns have equal names.</summary>
    public string Name => match.ToString();

    /// <summary>The only kind of event that can match; null when any can.</summary>
    public string? Kind => match.Kind.Length > 0 ? match.Kind : null;

    /// <summary>The only event name that can match; null when any can.</summary>
    public string? EventName => match.EventName.Length > 0 ? match.EventName : null;

    /// <summary>Whether the pattern has a condition on the path.</summary>
    public bool AsksForPath => match.ExactPath.Length > 0 || path is not null || pathExpression is not null;

    /// <summary>Whether the pattern has a condition on the page category.</summary>
    public bool AsksForCategory => match.Category.Length > 0;

    /// <summary>Whether the pattern has conditions on properties.</summary>
    public bool AsksForProperties => properties.Length > 0;

    /// <summary>Whether all conditions on the event itself hold.</summary>
    public bool Matches(TimelineEvent happened) =>
        (Kind is null || happened.Kind == Kind)
        && (EventName is null || happened.Name == EventName)
        && MatchesPath(happened.Path)
        && MatchesCategory(happened.Category)
        && MatchesProperties(happened);

    /// <summary>Whether the conditions on the path hold. An event without a path meets none.</summary>
    public bool MatchesPath(string eventPath) =>
        (match.ExactPath.Length == 0 || eventPath == match.ExactPath)
        && (path is null || (eventPath.Length > 0 && path.Matches(eventPath)))
        && (pathExpression is null || (eventPath.Length > 0 && pathExpression.IsMatch(eventPath)));

    /// <summary>Whether the condition on the page category holds.</summary>
    public bool MatchesCategory(string category) =>
        match.Category.Length == 0 || string.Equals(category, match.Category, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the conditions on properties hold.</summary>
    public bool MatchesProperties(TimelineEvent happened) =>
        Array.TrueForAll(properties, property => property.Matches(happened.Properties));
}
