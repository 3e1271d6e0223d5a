namespace SessionPlatform.Cli.Simulate;

/// <summary>A planned visit, which becomes one session under the default rules.</summary>
/// <param name="Visitor">The number of the visitor, from 0.</param>
/// <param name="Ordinal">The number of the visit among the visitor's, from 0.</param>
/// <param name="Start">The start in microseconds since 1970-01-01 UTC.</param>
/// <param name="MaxEvents">The maximum number of events; further ones are not generated.</param>
internal readonly record struct Visit(int Visitor, int Ordinal, long Start, int MaxEvents);
