using System.Data;
using System.Globalization;
using Npgsql;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Facts;
using SessionPlatform.Funnel.Recounting;
using SessionPlatform.Funnel.Storage;
using Phase = SessionPlatform.Contracts.Jobs.V1.AuditProgress.Types.Phase;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>
/// Compares the aggregates with a recount of the documents, day by day in one snapshot, so that facts may go on being
/// applied. Sessions that wait to be counted by a new configuration are counted first. One instance for each audit.
/// </summary>
internal sealed class AggregateAudit(
    AuditRequest request,
    DateTime? from,
    DateTime? to,
    NpgsqlDataSource dataSource,
    Recounter recounter,
    AggregateRepair repair,
    ColumnTable columnTable,
    ColumnBuilder columnMaker,
    AuditReport report,
    TimeProvider time)
{
    private const int Recounts = 3;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        for (var recounts = 0; recounts <= Recounts; recounts++)
        {
            await using var transaction =
                await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            // Of a site that Funnel never heard of there is nothing to compare.
            var configuration = await ConfigurationSql.LoadAsync(connection, request.SiteId, cancellationToken);
            if (configuration is null)
                return;
            var pending = await SessionRows.PendingAsync(
                connection, configuration, AggregateRepair.MostPending, cancellationToken);
            // Unreadable sessions stay pending.
            if (pending is { Count: 0 } || (pending is not null && recounts == Recounts))
            {
                await RunAsync(connection, configuration, pending, cancellationToken);
                return;
            }

            await transaction.RollbackAsync(cancellationToken);
            await recounter.RecountAsync(request.SiteId, configuration.Version, cancellationToken);
        }

        throw AggregateRepair.IsRecounting();
    }

    private async Task RunAsync(
        NpgsqlConnection connection,
        SiteConfiguration configuration,
        List<(string VisitorId, Contribution Counted)> pending,
        CancellationToken cancellationToken)
    {
        var recount = new DayRecount(connection, configuration, pending);
        var facts = new FactComparison(connection, configuration);
        var columns = new ColumnComparison(connection, configuration, columnTable, columnMaker, time);
        var zone = configuration.TimeZone;
        var first = from is { } start ? Days.Of(start, zone) : DateOnly.MinValue;
        var last = to is { } end ? Days.Of(end.AddTicks(-1), zone) : DateOnly.MaxValue;
        var days = (await recount.DaysAsync(cancellationToken)).GetViewBetween(first, last);
        var done = 0UL;
        foreach (var day in days)
        {
            await report.ProgressAsync(Phase.Aggregates, done++, (ulong)days.Count);
            await RunAsync(recount, facts, columns, configuration, day, cancellationToken);
        }

        await CompareVersionsAsync(connection, cancellationToken);
        await report.ProgressAsync(Phase.Aggregates, done, (ulong)days.Count);
    }

    private async Task RunAsync(
        DayRecount recount,
        FactComparison facts,
        ColumnComparison columns,
        SiteConfiguration configuration,
        DateOnly day,
        CancellationToken cancellationToken)
    {
        var before = report.Summary.Differences;
        report.Summary.Aggregates += (ulong)await facts.CompareAsync(day, ReportAsync, cancellationToken);
        var beforeColumns = report.Summary.Differences;
        report.Summary.Aggregates += (ulong)await columns.CompareAsync(day, ReportAsync, cancellationToken);
        var wrongColumns = report.Summary.Differences - beforeColumns;
        var sums = await recount.SumAsync(
            day,
            async session =>
            {
                foreach (var (field, stored, recomputed) in session.Differences(configuration.Version))
                    await ReportAsync($"contribution {session.Key.SessionId:D}", field, stored, recomputed);
            },
            cancellationToken);
        await foreach (var row in recount.CompareAsync(sums, cancellationToken))
        {
            report.Summary.Aggregates++;
            foreach (var (column, stored, recomputed) in row.Differences())
                await ReportAsync(SubjectOf(row.Key, day, configuration), column, stored, recomputed);
        }

        if (request.Repair && report.Summary.Differences > before)
        {
            // Copies of what was repaired are not read any more, and made anew.
            var rows = await repair.SetDayAsync(request.SiteId, day, cancellationToken);
            report.Summary.Repaired += (ulong)rows + wrongColumns;
        }
    }

    private async Task CompareVersionsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var before = report.Summary.Differences;
        foreach (var (version, stored, recomputed) in
            await CountedVersions.CompareAsync(connection, request.SiteId, cancellationToken))
        {
            report.Summary.Aggregates++;
            if ((stored ?? 0) != recomputed)
                await ReportAsync($"counted_versions {version}", "sessions", Text(stored), Text(recomputed));
        }

        if (request.Repair && report.Summary.Differences > before)
            report.Summary.Repaired += (ulong)await repair.SetVersionsAsync(request.SiteId, cancellationToken);
    }

    private Task ReportAsync(string subject, string field, string? stored, string? recomputed) =>
        report.DifferenceAsync(AuditDifference.Types.Kind.Aggregate, subject, field, stored, recomputed);

    /// <summary>E.g. "funnel_visitors ecommerce 2026-03-01 visitor v1 stage 3".</summary>
    private static string SubjectOf(RowKey key, DateOnly day, SiteConfiguration configuration)
    {
        var date = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        // A definition that was replaced has no name any more.
        var funnel = configuration.Funnels.FirstOrDefault(funnel => funnel.Id == key.Funnel)?.Definition.Name
            ?? $"#{key.Funnel}";
        var name = key.Table.Name;
        if (key.Table == AggregateTable.DayRevenue)
            return $"{name} {date} {key.Text}";
        if (key.Table == AggregateTable.DayVisitors)
            return $"{name} {date} visitor {key.Text}";
        if (key.Table == AggregateTable.FunnelDays)
            return $"{name} {funnel} {date} stage {key.Stage}";
        return key.Table == AggregateTable.FunnelVisitors
            ? $"{name} {funnel} {date} visitor {key.Text} stage {key.Stage}"
            : $"{name} {date}";
    }

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}
