namespace SessionPlatform.EndToEnd.Tests.Suites;

/// <summary>
/// After each test class: whatever it did to the sites it created, the audit of each finds no difference. Part of the
/// collection, so that no class can forget it.
/// </summary>
public sealed class AuditedSites(Suite suite) : IAsyncLifetime
{
    // Each is a process of its own; the machine may have two cores.
    private const int AtOnce = 2;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Parallel.ForEachAsync(
        suite.TakeCreatedSites(),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
        async (site, _) => await suite.AuditAsync(site));
}
