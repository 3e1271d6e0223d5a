using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Documents;
using static SessionPlatform.Funnel.Tests.Sample;
using Status = Grpc.Core.StatusCode;

namespace SessionPlatform.Funnel.Tests.Grpc;

[Collection(PostgresCollection.Name)]
public sealed class FunnelsServiceTests(PostgresFixture postgres) : FunnelsHost(postgres)
{
    [Fact]
    public async Task A_funnel_can_be_defined_listed_and_asked_for()
    {
        var definition = new FunnelDefinition
        {
            Name = "own",
            Steps = { new FunnelStep { Name = "a", Path = "/a" }, new FunnelStep { Name = "b", Path = "/b" } },
        };
        await Client.DefineFunnelAsync(new() { SiteId = SiteId, Definition = definition }, Key("admin"));
        await Replica.Applier.ApplyAsync(
            [Change.Of(Updated(Document(SiteId, "v", SessionId("v", 0), Noon, 1, Page("/a"))))], CancellationToken.None);

        var list = await Client.ListFunnelsAsync(new() { SiteId = SiteId }, Key("read"));
        Assert.Equal(["ecommerce", "own"], list.Definitions.Select(found => found.Name));
        var result = await Client.GetFunnelResultAsync(new() { SiteId = SiteId, Name = "own" }, Key("read"));
        Assert.Equal([1u, 0u], result.Stages.Select(stage => stage.Sessions));

        var days = await Client.GetDaysAsync(
            new() { SiteId = SiteId, From = "2025-06-30", To = "2025-07-02" }, Key("read"));
        Assert.Equal([0u, 1u, 0u], days.Days.Select(day => day.Sessions));
    }

    [Theory]
    [InlineData("read", Status.PermissionDenied)]
    [InlineData("other", Status.PermissionDenied)]
    [InlineData("unknown", Status.Unauthenticated)]
    public async Task Defining_takes_an_admin_key_of_the_site(string key, Status expected)
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await Client.DefineFunnelAsync(new() { SiteId = SiteId }, Key(key)));
        Assert.Equal(expected, error.StatusCode);
    }

    [Fact]
    public async Task Another_sites_numbers_cannot_be_read()
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await Client.GetDaysAsync(new() { SiteId = SiteId }, Key("other")));
        Assert.Equal(Status.PermissionDenied, error.StatusCode);
    }

    [Fact]
    public async Task Every_violation_is_answered_by_field()
    {
        var days = await Assert.ThrowsAsync<RpcException>(async () => await Client.GetDaysAsync(
            new() { SiteId = SiteId, From = "1.7.2025", To = "2025-02-30" }, Key("read")));
        Assert.Equal(["from", "to"], Fields(days));

        var range = new TimeRange { From = Noon.ToTimestamp(), To = Noon.ToTimestamp() };
        var result = await Assert.ThrowsAsync<RpcException>(async () => await Client.GetFunnelResultAsync(
            new() { SiteId = SiteId, Range = range }, Key("read")));
        Assert.Equal(["name", "range.to"], Fields(result));

        var tooMany = await Assert.ThrowsAsync<RpcException>(async () => await Client.GetDaysAsync(
            new() { SiteId = SiteId, From = "2000-01-01", To = "2020-01-01" }, Key("read")));
        Assert.Equal(["to"], Fields(tooMany));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        var funnel = await Assert.ThrowsAsync<RpcException>(async () => await Client.GetFunnelResultAsync(
            new() { SiteId = SiteId, Name = "none" }, Key("read")));
        Assert.Equal(Status.NotFound, funnel.StatusCode);
        var site = await Assert.ThrowsAsync<RpcException>(async () => await Client.GetDaysAsync(
            new() { SiteId = "none" }, Key(PlatformKey)));
        Assert.Equal(Status.NotFound, site.StatusCode);
    }

    [Fact]
    public async Task Checkpoints_are_counted_by_partition_and_for_the_platform_only()
    {
        var log = Services.GetRequiredService<CheckpointLog>();
        foreach (var partition in new[] { 0, 2, 2 })
            await log.PassedAsync(SiteId, partition, CancellationToken.None);

        var answer = await Client.GetCheckpointAsync(new() { CheckpointId = SiteId }, Key(PlatformKey));
        Assert.Equal(2, answer.PassedPartitions);
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await Client.GetCheckpointAsync(new() { CheckpointId = SiteId }, Key("admin")));
        Assert.Equal(Status.PermissionDenied, error.StatusCode);
    }
}
