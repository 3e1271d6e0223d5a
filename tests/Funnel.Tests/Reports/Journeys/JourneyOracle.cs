using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Sessions.V1;
using Path = SessionPlatform.Contracts.Journeys.V1.Path;

namespace SessionPlatform.Funnel.Tests.Reports.Journeys;

/// <summary>
/// Journeys, counted straight from the documents of the sessions, one question after the other.
/// </summary>
/// <param name="documents">The sessions of the report.</param>
/// <param name="stageAt">
/// Where in the timeline a session reaches the stage that the shape asks for; null: it does not.
/// </param>
/// <param name="personOf">Who a visitor is.</param>
internal sealed class JourneyOracle(
    IEnumerable<SessionDocument> documents,
    PathShape shape,
    Func<SessionDocument, int?> stageAt,
    Func<string, string> personOf)
{
    private bool IsAboutTheEnd => shape.EndsAt.Length > 0 || shape.Funnel?.Side == FunnelPoint.Types.Side.Before;

    public GetPathsResponse Paths(int length, int minLength, int limit, bool byDevice)
    {
        var taken = Steps(length).Where(visit => visit.Steps.Count >= minLength).ToList();
        var paths = taken.GroupBy(visit => string.Join('\n', visit.Steps.Select(step => step.Page))).ToList();
        var answer = new GetPathsResponse { Sessions = (uint)taken.Count, DistinctPaths = (uint)paths.Count };
        answer.Paths.Add(paths
            .OrderByDescending(path => path.Count())
            .ThenBy(path => path.First().Steps.Select(step => step.Page).ToList(), ByPages)
            .Take(limit)
            .Select(path => Row([.. path], byDevice)));
        return answer;
    }

    /// <summary>"step from → to: sessions/visitors"; in no order.</summary>
    public IEnumerable<string> Transitions(int length, int limit)
    {
        var moves = new List<(int Step, string Page, string? Next, string Person)>();
        foreach (var (session, steps) in Steps(length))
        {
            for (var index = 0; index < steps.Count; index++)
            {
                var step = IsAboutTheEnd ? length - steps.Count + index + 1 : index + 1;
                moves.Add((step, steps[index].Page, steps.ElementAtOrDefault(index + 1).Page, personOf(session.VisitorId)));
            }
        }

        var listed = moves.GroupBy(move => move.Step)
            .SelectMany(step => step.GroupBy(move => move.Page)
                .OrderByDescending(page => page.Count()).ThenBy(page => page.Key, StringComparer.Ordinal).Take(limit)
                .Select(page => (step.Key, page.Key)))
            .ToHashSet();
        return moves.Where(move => move.Step < length)
            .GroupBy(move => (
                move.Step,
                From: listed.Contains((move.Step, move.Page)) ? $"[{move.Page}]" : "other",
                To: To(move.Step + 1, move.Next)))
            .Select(row => (row.Key, Sessions: row.Count(), Visitors: row.DistinctBy(move => move.Person).Count()))
            .Select(row => string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Key.Step} {row.Key.From} → {row.Key.To}: {row.Sessions}/{row.Visitors}"));

        string To(int step, string? page) =>
            page is null ? "end" : listed.Contains((step, page)) ? $"[{page}]" : "other";
    }

    public int Sessions(int length) => Steps(length).Count(visit => visit.Steps.Count > 0);

    private static readonly IComparer<List<string>> ByPages = Comparer<List<string>>.Create((one, other) =>
        one.Zip(other, string.CompareOrdinal).FirstOrDefault(order => order != 0) is not 0 and var first
            ? first
            : one.Count - other.Count);

    private Path Row(List<(Session Session, List<(string Page, DateTime At)> Steps)> taken, bool byDevice)
    {
        var row = new Path
        {
            Pages = { taken[0].Steps.Select(step => step.Page) },
            Sessions = (uint)taken.Count,
            Visitors = (uint)taken.DistinctBy(visit => personOf(visit.Session.VisitorId)).Count(),
            AverageTime = Mean(taken.Select(visit => visit.Steps[^1].At - visit.Steps[0].At)),
            ConversionRate = Rate(taken.Select(visit => visit.Session)),
        };
        if (byDevice)
        {
            row.Devices.Add(taken.GroupBy(visit => visit.Session.Device?.Type ?? "")
                .OrderByDescending(device => device.Count()).ThenBy(device => device.Key, StringComparer.Ordinal)
                .Select(device => new PathDevice
                {
                    DeviceType = device.Key,
                    Sessions = (uint)device.Count(),
                    ConversionRate = Rate(device.Select(visit => visit.Session)),
                }));
        }

        return row;
    }

    private static double Rate(IEnumerable<Session> sessions) =>
        sessions.Count(session => session.Conversions > 0) / (double)sessions.Count();

    private static Duration Mean(IEnumerable<TimeSpan> times)
    {
        const long second = 1_000_000_000;
        var nanoseconds = decimal.Floor(times.Sum(time => (decimal)time.Ticks) * 100 / times.Count());
        return new Duration { Seconds = (long)(nanoseconds / second), Nanos = (int)(nanoseconds % second) };
    }

    private static bool Matches(string pattern, string page) => Regex.IsMatch(
        page,
        "^" + Regex.Escape(pattern).Replace(@"\*\*", ".*", StringComparison.Ordinal)
            .Replace(@"\*", "[^/]*", StringComparison.Ordinal) + "$",
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant);

    private IEnumerable<(Session Session, List<(string Page, DateTime At)> Steps)> Steps(int length)
    {
        foreach (var document in documents)
        {
            var steps = Steps(document);
            if (steps.Count > length)
                steps = steps.GetRange(IsAboutTheEnd ? steps.Count - length : 0, length);
            if (steps.Count > 0)
                yield return (document.Session, steps);
        }
    }

    private List<(string Page, DateTime At)> Steps(SessionDocument document)
    {
        var kept = document.Timeline.AsEnumerable();
        if (shape.Funnel is { } funnel)
        {
            if (stageAt(document) is not { } at)
                return [];
            kept = funnel.Side == FunnelPoint.Types.Side.Before ? kept.Take(at + 1) : kept.Skip(at);
        }

        var steps = kept.Where(happened => happened.Kind == "pageview")
            .Select(happened => (Page: Clean(happened.Path), At: happened.At.ToDateTime()))
            .ToList();
        if (!shape.KeepRepeats)
            steps = [.. steps.Where((step, index) => index == 0 || steps[index - 1].Page != step.Page)];
        if (shape.Passes.Length > 0 && !steps.Exists(step => Matches(shape.Passes, step.Page)))
            return [];
        if (shape.StartsAt.Length > 0)
            steps = [.. steps.SkipWhile(step => !Matches(shape.StartsAt, step.Page))];
        while (shape.EndsAt.Length > 0 && steps.Count > 0 && !Matches(shape.EndsAt, steps[^1].Page))
            steps.RemoveAt(steps.Count - 1);
        return steps;
    }

    private string Clean(string path) => shape.Rules.FirstOrDefault(rule => Matches(rule.Pattern, path)) switch
    {
        null => path,
        { Replacement: "", Pattern: var pattern } => pattern,
        { Replacement: var name } => name,
    };
}
