namespace SessionPlatform.Funnel.Journeys;

/// <summary>What counts of a session besides its pages.</summary>
/// <param name="VisitorId">Whose it is.</param>
/// <param name="DeviceType">Empty: not known.</param>
/// <param name="Converted">Whether it has a conversion.</param>
internal readonly record struct JourneySession(string VisitorId, string DeviceType, bool Converted);
