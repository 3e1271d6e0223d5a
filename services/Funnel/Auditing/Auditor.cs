using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Recounting;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>
/// Proves what Funnel stores: documents against the Sessionizer, then aggregates against the documents, in this order,
/// since a repaired document may leave aggregates to be set right.
/// </summary>
internal sealed class Auditor(
    NpgsqlDataSource dataSource,
    DocumentSource source,
    Applier applier,
    Recounter recounter,
    ColumnTable columnTable,
    ColumnBuilder columnMaker,
    IOptions<FunnelOptions> options,
    TimeProvider time)
{
    /// <param name="request">Valid.</param>
    /// <param name="sendAsync">Gets every message, the summary last.</param>
    public async Task RunAsync(
        AuditRequest request, Func<AuditResponse, Task> sendAsync, CancellationToken cancellationToken)
    {
        var (from, to) = (request.Range?.From?.ToDateTime(), request.Range?.To?.ToDateTime());
        var report = new AuditReport(sendAsync);
        var rows = new DocumentRows(dataSource, request.SiteId, from, to);
        await new DocumentAudit(request, source, rows, applier, report, time, options.Value.AuditPatience)
            .RunAsync(cancellationToken);
        var repair = new AggregateRepair(dataSource);
        await new AggregateAudit(request, from, to, dataSource, recounter, repair, columnTable, columnMaker, report, time)
            .RunAsync(cancellationToken);
        await report.EndAsync();
    }
}
