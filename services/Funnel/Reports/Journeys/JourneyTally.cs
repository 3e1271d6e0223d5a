namespace SessionPlatform.Funnel.Reports.Journeys;

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

    /// <summary>Nothing is added any more; to be told before one goes on from here.</summary>
    void Close();

    /// <summary>One that has counted what this one has, and goes on. May be called by several at once.</summary>
    IJourneyTally GoOn();
}
