using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>
/// Where the visitor came from: of the earliest event, up to and including the first page view, that carries a UTM or
/// an external referrer; failing that, channel and click id of the first one that carries a click id; failing that, the
/// channel of the first one to which a rule of the site gave another one than <see cref="Direct"/>.
/// </summary>
internal sealed class SessionEntry
{
    private const string Direct = "Direct";

    private string _referrer = "";
    private string _clickIdKind = "";
    private string _channel = Direct;

    /// <summary>Whether an event with a UTM or an external referrer was found.</summary>
    public bool IsFound { get; private set; }

    /// <summary>The entry's campaign parameters; null: absent.</summary>
    public Utm? Utm { get; private set; }

    /// <summary>The entry's external referrer host; empty: absent.</summary>
    public string ReferrerHost { get; private set; } = "";

    /// <summary>Looks at the next event. To be called up to and including the first page view, and not after.</summary>
    public void Consider(AcceptedEvent e, SessionRules rules)
    {
        if (IsFound)
            return;
        var utm = Campaigns.Of(e);
        var isExternal = rules.IsExternal(e.ReferrerHost, e.Host);
        if (utm is not null || isExternal)
        {
            IsFound = true;
            Utm = utm;
            ReferrerHost = isExternal ? e.ReferrerHost : "";
            _referrer = isExternal ? e.Event.Referrer : "";
            TakeChannel(e);
        }
        else if (_clickIdKind.Length == 0 && e.ClickIdKind.Length > 0)
        {
            TakeChannel(e);
        }
        else if (e.ChannelByRule && _clickIdKind.Length == 0 && _channel == Direct)
        {
            TakeChannel(e);
        }
    }

    public Attribution ToAttribution(string? landingPage)
    {
        var attribution = new Attribution { Utm = Utm?.Clone(), Channel = _channel };
        if (ReferrerHost.Length > 0)
        {
            attribution.Referrer = _referrer;
            attribution.ReferrerHost = ReferrerHost;
        }

        if (_clickIdKind.Length > 0)
            attribution.ClickIdKind = _clickIdKind;
        if (landingPage is not null)
            attribution.LandingPage = landingPage;
        return attribution;
    }

    public static SessionEntry From(Attribution attribution, bool isFound) => new()
    {
        IsFound = isFound,
        Utm = attribution.Utm,
        ReferrerHost = attribution.ReferrerHost,
        _referrer = attribution.Referrer,
        _clickIdKind = attribution.ClickIdKind,
        _channel = attribution.Channel,
    };

    private void TakeChannel(AcceptedEvent e)
    {
        _clickIdKind = e.ClickIdKind;
        _channel = e.Channel.Length > 0 ? e.Channel : Direct;
    }
}
