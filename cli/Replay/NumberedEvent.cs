using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Cli.Replay;

/// <summary>An event with its line number, which identifies it when it is rejected.</summary>
/// <param name="Line">The number of its line or, without a file, of the event; from 1.</param>
internal readonly record struct NumberedEvent(long Line, Event Event);
