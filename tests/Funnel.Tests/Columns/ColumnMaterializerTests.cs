using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.Funnel.Tests.Storage;

namespace SessionPlatform.Funnel.Tests.Columns;

/// <summary>Columns are there before a report asks, as soon as their sessions rest.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ColumnMaterializerTests(PostgresFixture postgres) : IDisposable
{
    private readonly FakeSites sites = new();
    private readonly ColumnsOf columns = new(postgres.DataSource);

    public void Dispose() => columns.Dispose();

    [Fact]
    public async Task What_stays_the_same_from_one_look_to_the_next_is_made()
    {
        var siteId = $"kept-{Guid.NewGuid()}";
        sites.Set(siteId, new SiteRules { TimeZone = "UTC" });
        using var keeper = new ColumnMaterializer(
            postgres.DataSource, new Configurations(postgres.DataSource, sites), columns.Scans,
            Options.Create(new FunnelOptions()), TimeProvider.System, NullLogger<ColumnMaterializer>.Instance);
        for (var day = 0; day < 12; day++)
            await ApplyAsync(siteId, day, 1);
        keeper.Touch(siteId);

        Assert.Equal(0, await keeper.MaterializeAsync(CancellationToken.None));
        await ApplyAsync(siteId, 3, 2);
        // Of each day the facts and the timelines.
        Assert.Equal(2 * 11, await keeper.MaterializeAsync(CancellationToken.None));
        Assert.Equal(2, await keeper.MaterializeAsync(CancellationToken.None));
        Assert.Equal(0, await keeper.MaterializeAsync(CancellationToken.None));

        Assert.Equal(0, await keeper.MaterializeAsync(CancellationToken.None));
        await ApplyAsync(siteId, 5, 2);
        keeper.Touch(siteId);
        Assert.Equal(0, await keeper.MaterializeAsync(CancellationToken.None));
        Assert.Equal(2, await keeper.MaterializeAsync(CancellationToken.None));
    }

    private async Task ApplyAsync(string siteId, int day, int revision) =>
        await new Replica(postgres.DataSource, sites).Applier.ApplyAsync(
            [
                Change.Of(Sample.Updated(Sample.Document(
                    siteId, "v", Sample.SessionId(siteId, day), Sample.Noon.AddDays(day), revision,
                    Sample.Page($"/{revision}")))),
            ],
            CancellationToken.None);
}
