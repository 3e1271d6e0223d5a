using SessionPlatform.Database;
using SessionPlatform.Funnel.Applying;

namespace SessionPlatform.Funnel.Tests.Database;

[Collection(PostgresCollection.Name)]
public sealed class MigratorTests(PostgresFixture postgres)
{
    private static readonly System.Reflection.Assembly Service = typeof(Applier).Assembly;

    [Fact]
    public async Task Replicas_that_start_together_migrate_once()
    {
        await using var dataSource = await postgres.CreateAsync("together");
        var applied = await Task.WhenAll(Enumerable.Range(0, 4)
            .Select(_ => Migrator.MigrateAsync(dataSource, Service, CancellationToken.None)));
        Assert.Equal(1, applied.Count(count => count > 0));
    }

    [Theory]
    [InlineData("UPDATE schema_migrations SET checksum = 'another'")]
    [InlineData("INSERT INTO schema_migrations (version, name, checksum) VALUES (1000, 'future', '')")]
    public async Task A_database_that_is_not_what_the_program_knows_is_refused(string change)
    {
        await using var dataSource = await postgres.CreateAsync($"refused_{change.Length}");
        await Migrator.MigrateAsync(dataSource, Service, CancellationToken.None);
        await using var command = dataSource.CreateCommand(change);
        await command.ExecuteNonQueryAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => Migrator.MigrateAsync(dataSource, Service, CancellationToken.None));
    }
}
