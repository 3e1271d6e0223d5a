using System.Text.RegularExpressions;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.ServiceDefaults.Matching;

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

    /// <summary>The only kind of event that can match; null: any.</summary>
    public string? Kind => match.Kind.Length > 0 ? match.Kind : null;

    /// <summary>The only name of an event that can match; null: any.</summary>
    public string? EventName => match.EventName.Length > 0 ? match.EventName : null;

    /// <summary>Whether all that is said of the event itself holds. One without a path matches no path.</summary>
    public bool Matches(TimelineEvent happened) =>
        (match.Kind.Length == 0 || happened.Kind == match.Kind)
        && (match.EventName.Length == 0 || happened.Name == match.EventName)
        && (match.ExactPath.Length == 0 || happened.Path == match.ExactPath)
        && (match.Category.Length == 0
            || string.Equals(happened.Category, match.Category, StringComparison.OrdinalIgnoreCase))
        && (path is null || (happened.Path.Length > 0 && path.Matches(happened.Path)))
        && (pathExpression is null || (happened.Path.Length > 0 && pathExpression.IsMatch(happened.Path)))
        && Array.TrueForAll(properties, property => property.Matches(happened.Properties));
}
