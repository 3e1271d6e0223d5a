namespace SessionPlatform.Cli.Simulate;

/// <summary>What to simulate. Equal options give equal events, byte for byte.</summary>
/// <param name="Until">All events happen before; microseconds since 1970-01-01 UTC.</param>
/// <param name="LateShare">Share of events that arrive after later ones, 0-1.</param>
/// <param name="RepeatShare">Share of events that are sent twice, 0-1.</param>
internal sealed record SimulationOptions(
    string SiteId, ulong Seed, SimulationSize Size, int Days, long Until, double LateShare, double RepeatShare);

/// <summary>How much to simulate: exactly so many visitors, sessions, or different events.</summary>
internal readonly record struct SimulationSize(SimulationUnit Unit, int Count);

internal enum SimulationUnit
{
    Visitors,
    Sessions,
    Events,
}
