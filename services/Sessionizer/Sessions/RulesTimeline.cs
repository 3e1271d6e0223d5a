namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>
/// The rules of a site over time. A session lives by the version that was in force when it began, by the time of its
/// first event: so what late events make of old sessions does not depend on when they arrive.
/// </summary>
internal sealed class RulesTimeline
{
    private readonly RulesVersion[] _versions;

    /// <summary>From versions in order; the first holds for all time before the second, too.</summary>
    public RulesTimeline(IEnumerable<RulesVersion> versions)
    {
        _versions = [.. versions];
        if (_versions.Length == 0)
            throw new ArgumentException("A site has rules.", nameof(versions));
    }

    /// <summary>One version for all time.</summary>
    public RulesTimeline(SessionRules rules)
        : this([new RulesVersion(1, long.MinValue, rules)])
    {
    }

    /// <summary>Whether the client's session keys are the sessions; the same in all versions.</summary>
    public bool IsAuthoritative => _versions[0].Rules.IsAuthoritative;

    /// <summary>The rules of a session that begins at a time; microseconds since 1970.</summary>
    public SessionRules At(long startedAt) => VersionAt(startedAt).Rules;

    /// <summary>The version of a session that begins at a time; microseconds since 1970.</summary>
    public RulesVersion VersionAt(long startedAt)
    {
        var index = _versions.Length - 1;
        while (index > 0 && startedAt < _versions[index].From)
            index--;
        return _versions[index];
    }
}

/// <summary>Rules and since when they hold.</summary>
/// <param name="Version">As in Site.rules_version.</param>
/// <param name="From">Microseconds since 1970.</param>
/// <param name="Rules">The rules.</param>
internal sealed record RulesVersion(int Version, long From, SessionRules Rules);
