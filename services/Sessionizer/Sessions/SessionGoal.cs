using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Rules;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>Events that count as conversions; every predicate that is given must hold.</summary>
internal sealed class SessionGoal(Goal goal)
{
    // Shared by all events that are conversions by this goal alone.
    private readonly string[] _nameAlone = [goal.Name];
    private readonly Glob? _path = goal.Path.Length > 0 ? new Glob(goal.Path) : null;

    /// <summary>What people call it.</summary>
    public string Name => _nameAlone[0];

    /// <summary>The same, as a list of one that is shared.</summary>
    public string[] NameAlone => _nameAlone;

    public bool IsMatchedBy(AcceptedEvent e) =>
        (goal.Kind.Length == 0 || string.Equals(goal.Kind, e.Event.Kind, StringComparison.Ordinal))
        && (goal.EventName.Length == 0 || string.Equals(goal.EventName, e.Event.Name, StringComparison.Ordinal))
        && (_path is null || (e.Path.Length > 0 && _path.Matches(e.Path)));
}
