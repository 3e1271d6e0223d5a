namespace SessionPlatform.Sessionizer.Storage;

/// <summary>One stream: the events of one visitor on one site.</summary>
internal readonly record struct StreamId(string SiteId, string StreamKey);

/// <summary>Where one session is stored.</summary>
internal readonly record struct SessionAddress(StreamId Stream, long StartedAt, Guid SessionId);
