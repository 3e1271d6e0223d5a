namespace SessionPlatform.Funnel.Reports.Journeys;

/// <summary>What counts of a session besides its pages.</summary>
/// <param name="Person">The number of whose it is: the visitor, or the user where users are counted.</param>
/// <param name="Device">The number of its type of device, of <see cref="DeviceNames"/>.</param>
/// <param name="Converted">Whether it has a conversion.</param>
internal readonly record struct JourneySession(int Person, int Device, bool Converted);

/// <summary>Gives the types of devices of a report numbers, from 0; the empty one is not known.</summary>
internal sealed class DeviceNames
{
    private List<string> names = [];

    /// <summary>The same, to be added to.</summary>
    public DeviceNames Copy() => new() { names = [.. names] };

    /// <summary>Different devices so far.</summary>
    public int Count => names.Count;

    public string this[int device] => names[device];

    public int Of(string name)
    {
        var device = names.IndexOf(name);
        if (device >= 0)
            return device;
        names.Add(name);
        return names.Count - 1;
    }
}
