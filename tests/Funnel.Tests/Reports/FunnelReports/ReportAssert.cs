using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Metrics.V1;
using Touch = SessionPlatform.Contracts.Funnels.V1.GetFunnelReportRequest.Types.Touch;

namespace SessionPlatform.Funnel.Tests.Reports.FunnelReports;

/// <summary>Compares a report with the actors that it is about.</summary>
internal static class ReportAssert
{
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Zurich");

    public static void Equal(
        FunnelDefinition definition,
        GetFunnelReportRequest request,
        List<HandActor> actors,
        GetFunnelReportResponse answer)
    {
        Equal(definition, actors, answer.Report);
        if (request.Breakdown == Dimension.Types.Name.Unspecified)
            Assert.Empty(answer.Values);
        else
            EqualValues(definition, request, actors, answer);
        EqualTrend(request, actors, answer);
        EqualTimes(request, actors, answer);
    }

    private static void Equal(FunnelDefinition definition, List<HandActor> actors, FunnelReport report)
    {
        var previous = 0;
        for (var step = 0; step < definition.Steps.Count; step++)
        {
            var (found, reached) = (report.Steps[step], actors.Where(actor => actor.Taken[step] is not null).ToList());
            var times = reached.Where(_ => step > 0)
                .Select(actor => actor.Taken[step]!.At - actor.Taken[..step].OfType<HandEvent>().Last().At)
                .Order().ToList();
            Assert.Equal(reached.Count, (int)found.Count);
            Assert.Equal(actors.Count(actor => actor.Last == step), (int)found.Dropped);
            Same(reached.Count, previous, found.HasFromPrevious ? found.FromPrevious : null);
            Same(reached.Count, actors.Count, found.HasFromFirst ? found.FromFirst : null);
            Close(times.Count == 0 ? null : times.Average(each => each.TotalSeconds), found.MeanTime);
            Close(
                times.Count == 0 ? null : (times[(times.Count - 1) / 2] + times[times.Count / 2]).TotalSeconds / 2,
                found.MedianTime);
            if (!definition.Steps[step].Optional)
                previous = reached.Count;
        }

        Same(
            actors.Count(actor => actor.Taken[^1] is not null),
            actors.Count,
            report.HasConversionRate ? report.ConversionRate : null);
    }

    private static void EqualValues(
        FunnelDefinition definition,
        GetFunnelReportRequest request,
        List<HandActor> actors,
        GetFunnelReportResponse answer)
    {
        var values = actors
            .GroupBy(actor => actor.Taken[request.Touch == Touch.Last ? actor.Last : 0]!.Session.Geo.Country)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).ToList();
        var shown = values.Take(request.Limit).ToList();
        var others = values.Skip(request.Limit).SelectMany(group => group).ToList();
        Assert.Equal(
            shown.Select(group => (group.Key, false)).Concat(others.Count > 0 ? [("", true)] : []),
            answer.Values.Select(each => (each.Value, each.IsOther)));
        for (var index = 0; index < shown.Count; index++)
            Equal(definition, [.. shown[index]], answer.Values[index]);
        if (others.Count > 0)
            Equal(definition, others, answer.Values[^1]);
    }

    private static void EqualTrend(
        GetFunnelReportRequest request, List<HandActor> actors, GetFunnelReportResponse answer)
    {
        if (request.Trend == Bucket.Unspecified)
        {
            Assert.Empty(answer.Trend);
            return;
        }

        var days = actors.ToLookup(actor => Day(actor.Taken[0]!.At));
        foreach (var point in answer.Trend)
        {
            var local = TimeZoneInfo.ConvertTimeFromUtc(point.At.ToDateTime(), Zone);
            Assert.Equal(TimeSpan.Zero, local.TimeOfDay);
            var began = days[Day(point.At.ToDateTime())];
            Assert.Equal(
                point.Counts.Select((_, step) => began.Count(actor => actor.Taken[step] is not null)),
                point.Counts.Select(count => (int)count));
        }

        Assert.Equal(actors.Count, answer.Trend.Sum(point => (int)point.Counts[0]));
    }

    private static void EqualTimes(
        GetFunnelReportRequest request, List<HandActor> actors, GetFunnelReportResponse answer)
    {
        var times = actors.Where(actor => actor.Taken[^1] is not null)
            .Select(actor => actor.Taken[^1]!.At - actor.Taken[0]!.At).Order().ToList();
        if (request.Bins == 0 || times.Count == 0)
        {
            Assert.Empty(answer.Times);
            return;
        }

        Assert.Equal(times[0], answer.Times[0].From.ToTimeSpan());
        Assert.Equal(times[^1], answer.Times[^1].To.ToTimeSpan());
        Assert.Equal(times[0] == times[^1] ? 1 : request.Bins, answer.Times.Count);
        foreach (var bin in answer.Times)
        {
            var (from, to) = (bin.From.ToTimeSpan(), bin.To.ToTimeSpan());
            var isLast = ReferenceEquals(bin, answer.Times[^1]);
            Assert.Equal(times.Count(each => each >= from && (each < to || isLast)), (int)bin.Count);
        }
    }

    private static DateOnly Day(DateTime at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(at, Zone));

    private static void Same(int part, int whole, double? found) =>
        Assert.Equal(whole > 0 ? (double?)part / whole : null, found);

    private static void Close(double? seconds, Duration? found)
    {
        Assert.Equal(seconds is null, found is null);
        if (found is not null)
            Assert.Equal(seconds!.Value, found.ToTimeSpan().TotalSeconds, 5e-6);
    }
}
