namespace SessionPlatform.Oracle;

/// <summary>Rules and the moment from which they hold, in microseconds since 1970-01-01 UTC.</summary>
public sealed record OracleRulesVersion(long From, OracleRules Rules);

/// <summary>A site's rules over time. Whatever lies before the first version lives by it, too.</summary>
public sealed class OracleTimeline
{
    private readonly IReadOnlyList<OracleRulesVersion> versions;

    /// <param name="versions">At least one, in any order; of two from the same moment the later one here holds.</param>
    public OracleTimeline(IEnumerable<OracleRulesVersion> versions)
    {
        this.versions = [.. versions.OrderBy(version => version.From)];
        if (this.versions.Count == 0)
            throw new ArgumentException("A site has rules at any time.", nameof(versions));
    }

    /// <summary>The client's key is the session: fixed when a site is created, so no version changes it.</summary>
    public bool Authoritative => versions[0].Rules.Authoritative;

    /// <summary>The same rules for all time.</summary>
    public static OracleTimeline Of(OracleRules rules) => new([new OracleRulesVersion(long.MinValue, rules)]);

    /// <summary>The rules in force, by which a session lives that begins then.</summary>
    public OracleRules At(long time) => (versions.LastOrDefault(version => version.From <= time) ?? versions[0]).Rules;
}
