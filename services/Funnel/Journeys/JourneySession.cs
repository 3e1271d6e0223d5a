namespace SessionPlatform.Funnel.Journeys;

/// <summary>What counts of a session besides its pages.</summary>
/// <param name="Person">Whose it is: the visitor, or the user where users are counted.</param>
/// <param name="DeviceType">Empty: not known.</param>
/// <param name="Converted">Whether it has a conversion.</param>
internal readonly record struct JourneySession(string Person, string DeviceType, bool Converted);
