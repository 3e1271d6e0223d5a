namespace SessionPlatform.Funnel.Journeys;

/// <summary>What a report of journeys counts of sessions, one after the other.</summary>
internal interface IJourneyTally
{
    PageNames Pages { get; }

    DeviceNames Devices { get; }

    /// <summary>What is counted, whichever the sessions: two of the same name count the same.</summary>
    string Name { get; }

    /// <summary>About what it takes.</summary>
    long Bytes { get; }

    /// <param name="pages">Numbers of <see cref="Pages"/>.</param>
    /// <param name="offsets">Microseconds since the session's start; zeros where nobody asked.</param>
    /// <param name="session">Its device is a number of <see cref="Devices"/>.</param>
    void Add(ReadOnlySpan<int> pages, ReadOnlySpan<long> offsets, JourneySession session);

    /// <summary>The same, to be added to.</summary>
    IJourneyTally Copy();
}
