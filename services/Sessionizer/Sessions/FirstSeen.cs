using SessionPlatform.Contracts.Common.V1;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>Device and place of a session: each field of the first event that has it.</summary>
internal sealed class FirstSeen
{
    // Null until some field is known.
    private Device? _device;
    private Geo? _geo;

    public void Add(Device? device, Geo? geo)
    {
        if (device is not null)
            Add(device);
        if (geo is not null)
            Add(geo);
    }

    public Device? CloneDevice() => _device?.Clone();

    public Geo? CloneGeo() => _geo?.Clone();

    public static FirstSeen From(Device? device, Geo? geo) => 
        new() { _device = device?.Clone(), _geo = geo?.Clone() };

    private void Add(Device seen)
    {
        if (_device is not { } known)
        {
            _device = IsEmpty(seen) ? null : seen.Clone();
            return;
        }

        if (known.UserAgent.Length == 0)
            known.UserAgent = seen.UserAgent;
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
        if (known.Screen.Length == 0)
            known.Screen = seen.Screen;
        if (known.Viewport.Length == 0)
            known.Viewport = seen.Viewport;
        if (known.Language.Length == 0)
            known.Language = seen.Language;
        if (known.Timezone.Length == 0)
            known.Timezone = seen.Timezone;
    }

    private void Add(Geo seen)
    {
        if (_geo is not { } known)
        {
            _geo = IsEmpty(seen) ? null : seen.Clone();
            return;
        }

        if (known.Country.Length == 0)
            known.Country = seen.Country;
        if (known.Region.Length == 0)
            known.Region = seen.Region;
        if (known.City.Length == 0)
            known.City = seen.City;
    }

    private static bool IsEmpty(Device device) => device.CalculateSize() == 0;

    private static bool IsEmpty(Geo geo) => geo.CalculateSize() == 0;
}
