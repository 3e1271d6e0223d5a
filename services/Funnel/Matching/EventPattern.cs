using System.Text.RegularExpressions;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Rules;

namespace SessionPlatform.Funnel.Matching;

/// <summary>A valid <see cref="EventMatch"/>, compiled: nothing in it can be provoked to take long.</summary>
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
    /// What must hold of the session that the event is in: not looked at by <see cref="Matches"/>, but for the database
    /// to say, see <c>SegmentSql</c>.
    /// </summary>
    public IReadOnlyList<Filter> Session => match.Session;

    /// <summary>Tells patterns apart.</summary>
    public string Name => match.ToString();

    /// <summary>The only kind of event that can match; null: any.</summary>
    public string? Kind => match.Kind.Length > 0 ? match.Kind : null;

    /// <summary>The only name of an event that can match; null: any.</summary>
    public string? EventName => match.EventName.Length > 0 ? match.EventName : null;

    /// <summary>Whether a path is asked for.</summary>
    public bool AsksForPath => match.ExactPath.Length > 0 || path is not null || pathExpression is not null;

    /// <summary>Whether a category is asked for.</summary>
    public bool AsksForCategory => match.Category.Length > 0;

    /// <summary>Whether properties are asked for.</summary>
    public bool AsksForProperties => properties.Length > 0;

    /// <summary>Whether all that is said of the event itself holds.</summary>
    public bool Matches(TimelineEvent happened) =>
        (Kind is null || happened.Kind == Kind)
        && (EventName is null || happened.Name == EventName)
        && MatchesPath(happened.Path)
        && MatchesCategory(happened.Category)
        && MatchesProperties(happened);

    /// <summary>Whether what is said of the path holds. An event without one matches no path.</summary>
    public bool MatchesPath(string of) =>
        (match.ExactPath.Length == 0 || of == match.ExactPath)
        && (path is null || (of.Length > 0 && path.Matches(of)))
        && (pathExpression is null || (of.Length > 0 && pathExpression.IsMatch(of)));

    /// <summary>Whether what is said of the category holds.</summary>
    public bool MatchesCategory(string category) =>
        match.Category.Length == 0 || string.Equals(category, match.Category, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether what is said of properties holds.</summary>
    public bool MatchesProperties(TimelineEvent happened) =>
        Array.TrueForAll(properties, property => property.Matches(happened.Properties));
}
