using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Recounting;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>
/// Audits the stored data: first the documents against the Sessionizer, then the aggregates against the documents. The
/// order matters, because repairing a document may reveal wrong aggregates.
/// </summary>
internal sealed class Auditor(
    NpgsqlDataSource dataSource,
    DocumentSource source,
    Applier applier,
    Recounter recounter,
    ColumnTable columnTable,
    ColumnBuilder columnBuilder,
    IOptions<AuditOptions> options,
    TimeProvider time)
{
    /// <summary>Runs one audit.</summary>
    /// <param name="request">A valid request.</param>
    /// <param name="sendAsync">Receives every message; the summary is the last one.</param>
    public async Task RunAsync(
        AuditRequest request, Func<AuditResponse, Task> sendAsync, CancellationToken cancellationToken)
    {
        var (from, to) = (request.Range?.From?.ToDateTime(), request.Range?.To?.ToDateTime());
        var report = new AuditReport(sendAsync);
        var rows = new DocumentRows(dataSource, request.SiteId, from, to);
        await new DocumentAudit(request, source, rows, applier, report, time, options.Value.AuditPatience)
            .RunAsync(cancellationToken);
        var repair = new AggregateRepair(dataSource);
        var aggregates = new AggregateAudit(
            request, from, to, dataSource, recounter, repair, columnTable, columnBuilder, report, time);
        await aggregates.RunAsync(cancellationToken);
        await report.EndAsync();
    }
}
