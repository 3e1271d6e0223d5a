using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.Funnel.Tests.Columns;
using SessionPlatform.Funnel.Tests.Storage;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Tests.Metrics;

/// <summary>Series and top lists, as a replica computes them.</summary>
internal sealed class MetricReports(NpgsqlDataSource dataSource, FakeSites sites, TimeProvider time) : IDisposable
{
    private readonly ColumnsOf columns = new(dataSource);
    private readonly ReportDatabase database = new(dataSource, Options.Create(new FunnelOptions()));

    public void Dispose()
    {
        columns.Dispose();
        database.Dispose();
    }

    public async Task<GetSeriesResponse> SeriesAsync(GetSeriesRequest request)
    {
        var violations = new Violations();
        var period = ReportRules.Check(request, violations);
        violations.ThrowIfAny();
        return await new SeriesReport(database, Counts(), new TopValues(dataSource), time).ComputeAsync(
            request, period, await ConfigurationAsync(request.SiteId), CancellationToken.None);
    }

    public async Task<GetTopListResponse> TopListAsync(GetTopListRequest request)
    {
        var violations = new Violations();
        var period = ReportRules.Check(request, violations);
        violations.ThrowIfAny();
        return await new TopListReport(database, Counts(), new TopValues(dataSource), time).ComputeAsync(
            request, period, await ConfigurationAsync(request.SiteId), CancellationToken.None);
    }

    private SessionCounts Counts() => new(
        columns.Filters, columns.Scans, columns.Sums, columns.Aggregates, dataSource, time);

    private async Task<SiteConfiguration> ConfigurationAsync(string siteId) =>
        (await new Configurations(dataSource, sites).FindAsync(siteId, CancellationToken.None))!;
}
