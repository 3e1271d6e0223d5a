namespace SessionPlatform.Cli.Simulate;

/// <summary>A visit that will take place; under the default rules it becomes one session.</summary>
/// <param name="Visitor">Number of the visitor, from 0.</param>
/// <param name="Ordinal">Number of the visit among the visitor's, from 0.</param>
/// <param name="Start">Microseconds since 1970-01-01 UTC.</param>
/// <param name="MaxEvents">What is beyond does not happen.</param>
internal readonly record struct Visit(int Visitor, int Ordinal, long Start, int MaxEvents);
