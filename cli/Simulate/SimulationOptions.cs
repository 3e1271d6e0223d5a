namespace SessionPlatform.Cli.Simulate;

/// <summary>The parameters of a simulation. Equal parameters give byte-identical events.</summary>
/// <param name="Until">The end of all events, exclusive, in microseconds since 1970-01-01 UTC.</param>
/// <param name="LateShare">The share of events that arrive after later ones, 0-1.</param>
/// <param name="RepeatShare">The share of events that are sent twice, 0-1.</param>
internal sealed record SimulationOptions(
    string SiteId, ulong Seed, SimulationSize Size, int Days, long Until, double LateShare, double RepeatShare);

/// <summary>The size of a simulation: an exact number of visitors, sessions or distinct events.</summary>
internal readonly record struct SimulationSize(SimulationUnit Unit, int Count);

internal enum SimulationUnit
{
    Visitors,
    Sessions,
    Events,
}
