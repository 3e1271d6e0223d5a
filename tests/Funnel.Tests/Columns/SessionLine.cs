using System.Globalization;
using SessionPlatform.ColumnStore;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Tests.Reports.Metrics;
using Dimensions = SessionPlatform.Contracts.Metrics.V1.Dimension.Types.Name;

namespace SessionPlatform.Funnel.Tests.Columns;

/// <summary>All that columns tell of a session as a line, of its document or of the columns.</summary>
internal static class SessionLine
{
    private static readonly Dimensions[] Named =
        [Dimensions.EntryPage, Dimensions.ExitPage, Dimensions.Channel, Dimensions.Source, Dimensions.DeviceType,
            Dimensions.Country, Dimensions.VisitorType];

    public static string Of(SessionDocument document)
    {
        var session = document.Session;
        var startedAt = session.StartedAt.ToDateTime();
        var utm = session.Attribution?.Utm?.Source ?? "";
        object?[] values =
        [
            session.SessionId, Micros(startedAt - DateTime.UnixEpoch), Micros(session.EndedAt.ToDateTime() - startedAt),
            session.VisitorId, session.UserId, Visit.LooksLikeBot(document), session.IsNew, session.Bounced,
            session.Engaged, session.Events, session.PageViews, session.Conversions,
            session.EntryPage, session.ExitPage, session.Attribution?.Channel ?? "",
            utm.ToLowerInvariant(), session.Device?.Type ?? "",
            session.Geo?.Country ?? "", session.IsNew ? "new" : "returning",
            Join(session.Journey.Select(step => Join(
                step.Path, step.Category, Micros(step.At.ToDateTime() - startedAt),
                step.TimeOnPage is { } time ? Micros(time.ToTimeSpan()) : FactColumns.Unknown,
                step.HasScrollDepthPercent ? step.ScrollDepthPercent : double.NaN,
                step.HasLoadTimeMs ? step.LoadTimeMs : double.NaN))),
            Join(document.Timeline.GroupBy(happened => (happened.Kind, happened.Name))
                .OrderBy(group => group.Key.Kind, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Name, StringComparer.Ordinal)
                .Select(group => Join(group.Key.Kind, group.Key.Name, group.Count()))),
            Join(document.Timeline.SelectMany(happened => happened.ConversionTypes).GroupBy(type => type)
                .OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => Join(group.Key, group.Count()))),
            Join(session.Revenue.OrderBy(money => money.Currency, StringComparer.Ordinal)
                .Select(money => Join(
                    money.Currency, decimal.Parse(money.Amount, CultureInfo.InvariantCulture) / 1.000000000m))),
            Join(document.Timeline.Select(happened => Join(
                happened.Kind, happened.Name, happened.Path, happened.Category,
                happened.At is { } at ? (at.ToDateTime() - startedAt).Ticks : 0))),
        ];
        return Join(values);
    }

    public static IEnumerable<string> Of(
        Chunk chunk, IReadOnlyDictionary<int, string> texts, IReadOnlyDictionary<int, string> visitors)
    {
        for (var session = 0; session < chunk.Sessions; session++)
            yield return Of(chunk, session, texts, visitors);
    }

    private static string Of(
        Chunk chunk, int session, IReadOnlyDictionary<int, string> texts, IReadOnlyDictionary<int, string> visitors)
    {
        var flags = (SessionFlags)chunk.Values(FactColumns.Flags)[session];
        object?[] values =
        [
            chunk.Values(FactColumns.SessionId)[session], chunk.Values(FactColumns.StartedAt)[session],
            chunk.Values(FactColumns.Duration)[session], visitors[chunk.Values(FactColumns.Visitor)[session]],
            Text(FactColumns.User, session), flags.HasFlag(SessionFlags.Bot), flags.HasFlag(SessionFlags.New),
            flags.HasFlag(SessionFlags.Bounced), flags.HasFlag(SessionFlags.Engaged),
            chunk.Values(FactColumns.Events)[session], chunk.Values(FactColumns.PageViews)[session],
            chunk.Values(FactColumns.Conversions)[session],
            .. Named.Select(name => Text(FactColumns.OfSession[name], session)),
            Join(Parts(FactColumns.Pages).Select(at => Join(
                Text(FactColumns.PagePath, at), Text(FactColumns.PageCategory, at),
                chunk.Values(FactColumns.PageOffset)[at], chunk.Values(FactColumns.PageTime)[at],
                chunk.Values(FactColumns.PageScroll)[at], chunk.Values(FactColumns.PageLoad)[at]))),
            Join(Parts(FactColumns.EventTypes).Select(at => Join(
                Text(FactColumns.EventKind, at), Text(FactColumns.EventName, at),
                chunk.Values(FactColumns.EventCount)[at]))),
            Join(Parts(FactColumns.ConversionTypes).Select(at => Join(
                Text(FactColumns.ConversionType, at), chunk.Values(FactColumns.ConversionCount)[at]))),
            Join(Parts(FactColumns.Money).Select(at => Join(
                Text(FactColumns.MoneyCurrency, at), chunk.Values(FactColumns.MoneyAmount)[at] / 1.000000000m))),
            Join(Parts(FactColumns.Timeline).Select(at => Join(
                Text(FactColumns.TimelineKind, at), Text(FactColumns.TimelineName, at),
                Text(FactColumns.TimelinePath, at), Text(FactColumns.TimelineCategory, at),
                chunk.Values(FactColumns.TimelineOffset)[at]))),
        ];
        return Join(values);

        string Text(Column<int> column, int at) => texts[chunk.Values(column)[at]];

        IEnumerable<int> Parts(RepeatedGroup parts)
        {
            var begins = chunk.Offsets(parts);
            return Enumerable.Range(begins[session], begins[session + 1] - begins[session]);
        }
    }

    private static long Micros(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private static string Join(IEnumerable<string> parts) => $"[{string.Join("; ", parts)}]";

    private static string Join(params object?[] values) => string.Join(
        ' ', values.Select(value => $"'{Convert.ToString(value, CultureInfo.InvariantCulture)}'"));
}
