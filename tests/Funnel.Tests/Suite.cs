using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Access;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Recounting;
using SessionPlatform.Funnel.Results;
using SessionPlatform.Funnel.Tests.Columns;

namespace SessionPlatform.Funnel.Tests;

/// <summary>Sites as the Sessionizer would give them.</summary>
internal sealed class FakeSites : ISiteDirectory
{
    private readonly ConcurrentDictionary<string, Site> sites = new();

    public bool IsAway { get; set; }

    public void Set(string siteId, SiteRules rules) => sites.AddOrUpdate(
        siteId,
        _ => new Site { SiteId = siteId, Rules = rules, RulesVersion = 1 },
        (_, old) => new Site { SiteId = siteId, Rules = rules, RulesVersion = old.RulesVersion + 1 });

    public ValueTask<Site?> FindAsync(string siteId, CancellationToken cancellationToken) => IsAway
        ? throw new RpcException(new Status(StatusCode.Unavailable, "away"))
        : ValueTask.FromResult(sites.GetValueOrDefault(siteId));
}

/// <summary>One replica's parts that work on the database.</summary>
internal sealed class Replica(NpgsqlDataSource dataSource, ISiteDirectory sites)
{
    public Configurations Configurations { get; } = new(dataSource, sites);

    // Its copies of days stay, as those of a replica do.
    public FunnelResults Results { get; } = CreateResults(dataSource, ReportCaches.Create());

    public DayTotalsReader Days { get; } = new(dataSource);

    public Applier Applier => field ??= new Applier(dataSource, Configurations, NullLogger<Applier>.Instance);

    public Recounter CreateRecounter(RecountSignal signal, int batch = 7) => new(
        dataSource,
        Applier,
        signal,
        Options.Create(new RecountOptions { RecountBatch = batch }),
        NullLogger<Recounter>.Instance);

    private static FunnelResults CreateResults(NpgsqlDataSource dataSource, ReportCache memory) => new(
        new ReportDatabase(dataSource, Options.Create(new ReportOptions())),
        new FunnelVisitors(
            dataSource,
            new ColumnTable(dataSource, NullLogger<ColumnTable>.Instance),
            new ColumnCache(memory),
            new VisitorStageCache(memory),
            TimeProvider.System));
}
