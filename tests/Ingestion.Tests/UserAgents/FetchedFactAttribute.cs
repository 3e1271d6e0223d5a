namespace SessionPlatform.Ingestion.Tests.UserAgents;

/// <summary>
/// A test that needs the data which the build fetches with npm: without them it is skipped here, and fails in CI.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FetchedFactAttribute : FactAttribute
{
    public FetchedFactAttribute() => Skip = FetchedData.WhyNot;
}

/// <summary>A theory that is skipped when the user-agent data could not be fetched.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FetchedTheoryAttribute : TheoryAttribute
{
    public FetchedTheoryAttribute() => Skip = FetchedData.WhyNot;
}
