using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>Device and place of a session: each field of the first event that has it.</summary>
internal sealed class FirstSeen
{
    // Null until an event has any; may be empty then.
    private Device? _device;
    private Geo? _geo;

    public void Add(AcceptedEvent e)
    {
        if (e.Event.Device is { } sent)
            AddSent(sent);
        // Where ingestion settled nothing, in events of earlier versions too, what the client says stands.
        if ((e.SettledDevice ?? e.Event.Device) is { } settled)
            AddSettled(settled);
        if (e.Event.Geo is { } geo)
            AddPlace(geo);
    }

    /// <summary>The device; null when nothing of it is known.</summary>
    public Device? CloneDevice() => _device is null || _device.CalculateSize() == 0 ? null : _device.Clone();

    /// <summary>The place; null when nothing of it is known.</summary>
    public Geo? CloneGeo() => _geo is null || _geo.CalculateSize() == 0 ? null : _geo.Clone();

    public static FirstSeen From(Device? device, Geo? geo) =>
        new() { _device = device?.Clone(), _geo = geo?.Clone() };

    private void AddSent(Device seen)
    {
        var known = _device ??= new Device();
        if (known.UserAgent.Length == 0)
            known.UserAgent = seen.UserAgent;
        if (known.Screen.Length == 0)
            known.Screen = seen.Screen;
        if (known.Viewport.Length == 0)
            known.Viewport = seen.Viewport;
        if (known.Language.Length == 0)
            known.Language = seen.Language;
        if (known.Timezone.Length == 0)
            known.Timezone = seen.Timezone;
    }

    private void AddSettled(Device seen)
    {
        var known = _device ??= new Device();
        if (known.Type.Length == 0)
            known.Type = seen.Type;
        if (known.Os.Length == 0)
            known.Os = seen.Os;
        if (known.OsVersion.Length == 0)
            known.OsVersion = seen.OsVersion;
        if (known.Browser.Length == 0)
            known.Browser = seen.Browser;
        if (known.BrowserVersion.Length == 0)
            known.BrowserVersion = seen.BrowserVersion;
    }

    private void AddPlace(Geo seen)
    {
        var known = _geo ??= new Geo();
        if (known.Country.Length == 0)
            known.Country = seen.Country;
        if (known.Region.Length == 0)
            known.Region = seen.Region;
        if (known.City.Length == 0)
            known.City = seen.City;
    }
}
