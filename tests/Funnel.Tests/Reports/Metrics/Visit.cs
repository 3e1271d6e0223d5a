using System.Globalization;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Tests.Identity;
using static SessionPlatform.Contracts.Metrics.V1.Filter.Types;

namespace SessionPlatform.Funnel.Tests.Reports.Metrics;

/// <summary>A session as the brute force sees it.</summary>
/// <param name="Users">Null: visitors are counted.</param>
internal sealed record Visit(SessionDocument Document, bool IsBot, KnownUsers? Users = null)
{
    /// <summary>Who is counted.</summary>
    public string Person => Users?.PersonOf(Session.VisitorId) ?? Session.VisitorId;

    /// <summary>Whether it is the first session of who is counted.</summary>
    public bool IsNew => Users?.IsNew(Session) ?? Session.IsNew;

    public Session Session => Document.Session;

    public DateTime StartedAt => Session.StartedAt.ToDateTime();

    public double Seconds => (Session.EndedAt.ToDateTime() - StartedAt).TotalSeconds;

    public static bool LooksLikeBot(SessionDocument document)
    {
        var views = document.Session.Journey.Select(step => step.At.ToDateTime()).ToList();
        return document.Session.HasBot
            || views.Any(view => views.Count(other => other >= view && other <= view.AddSeconds(10)) >= 20);
    }

    /// <summary>Its values of a dimension, each once.</summary>
    public List<string> Values(Dimension.Types.Name dimension)
    {
        var source = Session.Attribution;
        IEnumerable<string> values = dimension switch
        {
            Dimension.Types.Name.Path => Session.Journey.Select(step => step.Path),
            Dimension.Types.Name.PageCategory => Session.Journey.Select(step => step.Category),
            Dimension.Types.Name.EntryPage => [Session.EntryPage],
            Dimension.Types.Name.ExitPage => [Session.ExitPage],
            Dimension.Types.Name.Channel => [source.Channel],
            Dimension.Types.Name.Source => [Lower(source.Utm?.Source)],
            Dimension.Types.Name.Medium => [Lower(source.Utm?.Medium)],
            Dimension.Types.Name.Campaign => [Lower(source.Utm?.Campaign)],
            Dimension.Types.Name.Term => [Lower(source.Utm?.Term)],
            Dimension.Types.Name.Content => [Lower(source.Utm?.Content)],
            Dimension.Types.Name.ReferrerHost => [source.ReferrerHost],
            Dimension.Types.Name.DeviceType => [Session.Device?.Type ?? ""],
            Dimension.Types.Name.Browser => [Session.Device?.Browser ?? ""],
            Dimension.Types.Name.Os => [Session.Device?.Os ?? ""],
            Dimension.Types.Name.Country => [Session.Geo?.Country ?? ""],
            Dimension.Types.Name.Region => [Session.Geo?.Region ?? ""],
            Dimension.Types.Name.Language => [Session.Device?.Language ?? ""],
            Dimension.Types.Name.HasUserId => [Session.UserId.Length > 0 ? "true" : "false"],
            Dimension.Types.Name.VisitorType => [Session.IsNew ? "new" : "returning"],
            Dimension.Types.Name.StartReason => [Reason(Session.StartReason)],
            Dimension.Types.Name.EventKind => Document.Timeline.Select(happened => happened.Kind),
            Dimension.Types.Name.EventName =>
                Document.Timeline.Select(happened => happened.Name).Where(name => name.Length > 0),
            Dimension.Types.Name.ConversionType => Document.Timeline.SelectMany(happened => happened.ConversionTypes),
            _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
        };
        return [.. values.Distinct()];
    }

    public bool IsOf(Segment? segment) =>
        (!IsBot || segment is { IncludeBots: true }) && (segment?.Filters ?? []).All(Matches);

    private bool Matches(Filter filter)
    {
        var values = Values(filter.Dimension);
        return filter.Operator switch
        {
            Operator.Unspecified or Operator.Is => values.Any(filter.Values.Contains),
            Operator.IsNot => !values.Any(filter.Values.Contains),
            Operator.Contains => values.Any(Contains),
            Operator.ContainsNot => !values.Any(Contains),
            Operator.Matches => values.Any(IsMatch),
            Operator.MatchesNot => !values.Any(IsMatch),
            _ => values.Any(value => value.Length > 0),
        };

        bool Contains(string value) => filter.Values.Any(part => Lower(value).Contains(Lower(part)));

        bool IsMatch(string value) => filter.Values.Any(expression =>
            System.Text.RegularExpressions.Regex.IsMatch(value, expression));
    }

    private static string Lower(string? text) => text?.ToLower(CultureInfo.InvariantCulture) ?? "";

    // FirstEvent is FIRST_EVENT in the contract.
    private static string Reason(Session.Types.BoundaryReason reason) => string.Concat(reason.ToString()
        .Select((letter, index) => index > 0 && char.IsUpper(letter) ? $"_{letter}" : $"{letter}"))
        .ToUpperInvariant();
}
