using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Oracle;

/// <summary>A session in the words of the contract.</summary>
internal static class OracleDocument
{
    private const int TimelineKept = 2000;
    private const int PropertyBytesKept = 256 * 1024;

    public static SessionDocument Of(OracleSession session)
    {
        var document = new SessionDocument { Session = SessionOf(session) };
        var kept = session.Events.Take(TimelineKept).ToList();
        document.Timeline.AddRange(kept.Select(e => new TimelineEvent
        {
            Kind = e.Sent.Kind,
            Name = e.Sent.Name,
            Path = e.Path,
            Category = e.Sent.PageCategory,
            At = Time(e.OccurredAt),
            ConversionTypes = { session.Rules.ConversionTypes(e) },
        }));
        var bytes = 0L;
        foreach (var (e, message) in kept.Zip(document.Timeline).TakeWhile(each =>
            (bytes += PropertyBytes(each.First)) <= PropertyBytesKept))
            message.Properties.Add(e.Sent.Properties);
        return document;
    }

    /// <summary>Of keys and texts; a property that is no text has an empty one.</summary>
    private static long PropertyBytes(OracleEvent e) => e.Sent.Properties.Sum(
        property => (long)Encoding.UTF8.GetBytes(property.Key + property.Value.StringValue).Length);

    private static Session SessionOf(OracleSession from)
    {
        var session = new Session
        {
            SessionId = from.SessionId.ToString(),
            SiteId = from.SiteId,
            VisitorId = from.VisitorId,
            StartedAt = Time(from.StartedAt),
            EndedAt = Time(from.EndedAt),
            Duration = Span(from.Duration),
            PageViews = from.PageViews,
            Events = from.Events.Count,
            Bounced = from.Bounced,
            Converted = from.Converted,
            Conversions = from.Conversions,
            Engaged = from.Engaged,
            IsNew = from.IsNew,
            StartReason = from.StartReason,
            Attribution = AttributionOf(from),
            Device = FirstOfEachField(from.Events.Select(DeviceOf)),
            Geo = FirstOfEachField(from.Events.Select(e => e.Sent.Geo)),
        };
        if (from.EntryPage is { } entry)
            session.EntryPage = entry;
        if (from.ExitPage is { } exit)
            session.ExitPage = exit;
        if (from.EndReason is { } reason)
            session.EndReason = reason;
        if (from.UserId is { } user)
            session.UserId = user;
        if (from.Bot is { } bot)
            session.Bot = bot;
        session.Journey.AddRange(from.Journey.Select(StepOf));
        // A sum of zero has no sign here, however it came about: .NET prints none.
        session.Revenue.AddRange(from.Revenue.Select(sum => new Money
        {
            Amount = sum.Amount.ToString(CultureInfo.InvariantCulture), Currency = sum.Currency,
        }));
        return session;
    }

    private static JourneyStep StepOf(OracleStep from)
    {
        var step = new JourneyStep
        {
            Path = from.Path,
            Title = from.Title,
            Category = from.Category,
            At = Time(from.At),
            TimeOnPage = Span(from.TimeOnPage),
        };
        if (from.ScrollDepthPercent is { } depth)
            step.ScrollDepthPercent = depth;
        if (from.LoadTimeMs is { } loadTime)
            step.LoadTimeMs = loadTime;
        return step;
    }

    /// <summary>As sent; type, OS and browser as ingestion settled them, where it did.</summary>
    private static Device? DeviceOf(OracleEvent e)
    {
        if (e.Accepted?.SettledDevice is not { } settled)
            return e.Sent.Device;
        var device = e.Sent.Device?.Clone() ?? new Device();
        (device.Type, device.Os, device.OsVersion, device.Browser, device.BrowserVersion) =
            (settled.Type, settled.Os, settled.OsVersion, settled.Browser, settled.BrowserVersion);
        return device;
    }

    private static Attribution AttributionOf(OracleSession from)
    {
        var attribution = new Attribution { Channel = from.Channel };
        if (from.Utm is { } utm)
        {
            attribution.Utm = new Utm
            {
                Source = utm.Source,
                Medium = utm.Medium,
                Campaign = utm.Campaign,
                Term = utm.Term,
                Content = utm.Content,
            };
        }

        if (from.Referrer is { } referrer)
            attribution.Referrer = referrer;
        if (from.ReferrerHost is { } host)
            attribution.ReferrerHost = host;
        if (from.ClickIdKind is { } kind)
            attribution.ClickIdKind = kind;
        if (from.EntryPage is { } landing)
            attribution.LandingPage = landing;
        return attribution;
    }

    /// <summary>Each field, all of them text, of the first message that has it; null when none has any.</summary>
    private static T? FirstOfEachField<T>(IEnumerable<T?> messages)
        where T : class, IMessage<T>, new()
    {
        var given = messages.OfType<T>().ToList();
        var first = new T();
        foreach (var field in first.Descriptor.Fields.InFieldNumberOrder())
        {
            var value = given
                .Select(message => (string)field.Accessor.GetValue(message))
                .FirstOrDefault(text => text.Length > 0);
            if (value is not null)
                field.Accessor.SetValue(first, value);
        }

        return first.Equals(new T()) ? null : first;
    }

    // Seconds round down, since those of a Timestamp may be negative and its fraction may not.
    private static Timestamp Time(long micros)
    {
        var fraction = (micros % 1_000_000 + 1_000_000) % 1_000_000;
        return new Timestamp { Seconds = (micros - fraction) / 1_000_000, Nanos = (int)fraction * 1000 };
    }

    private static Duration? Span(long? micros) => micros is { } span
        ? new Duration { Seconds = span / 1_000_000, Nanos = (int)(span % 1_000_000) * 1000 }
        : null;
}
