using Microsoft.Extensions.Time.Testing;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Identity;

namespace SessionPlatform.Funnel.Tests.Identity;

/// <summary>Which user a visitor is tied to, and which of it does not count.</summary>
[Collection(PostgresCollection.Name)]
public sealed class TieTests(PostgresFixture postgres)
{
    private readonly string siteId = $"ties-{Guid.NewGuid()}";

    private IdentityLinkTable Ties => new(postgres.DataSource, new FakeTimeProvider(Sample.Noon));

    [Fact]
    public async Task The_latest_session_with_a_user_tells_and_what_is_revoked_does_not_count()
    {
        await ApplyAsync(("v", 2, "second"), ("v", 1, "first"), ("v", 3, ""), ("w", 1, "first"));

        Assert.Equal(
            [("v", "first", false, false), ("v", "second", false, true)], await ListAsync("v", null));
        Assert.Equal([("v", "first", false, false), ("w", "first", false, true)], await ListAsync(null, "first"));

        Assert.Equal("first", await Ties.SetAsync(siteId, "v", "second", revoked: true, default));
        Assert.Equal([("v", "first", false, true), ("v", "second", true, false)], await ListAsync("v", null));
        // Whatever comes later.
        await ApplyAsync(("v", 4, "second"));
        Assert.Null(await Ties.SetAsync(siteId, "v", "first", revoked: true, default));
        Assert.Equal("second", await Ties.SetAsync(siteId, "v", "second", revoked: false, default));
    }

    [Fact]
    public async Task A_tie_that_was_not_seen_yet_can_be_revoked_and_is_listed()
    {
        Assert.Null(await Ties.SetAsync(siteId, "v", "u", revoked: true, default));
        Assert.Equal([("v", "u", true, false)], await ListAsync(null, "u"));
        await ApplyAsync(("v", 1, "u"));
        Assert.Equal([("v", "u", true, false)], await ListAsync("v", null));
        Assert.Equal("u", await Ties.SetAsync(siteId, "v", "u", revoked: false, default));
        Assert.Empty(await ListAsync("u", null));
    }

    private async Task<IEnumerable<(string, string, bool, bool)>> ListAsync(string? visitor, string? user) =>
        (await Ties.ListAsync(siteId, visitor, user, CancellationToken.None))
            .Select(tie => (tie.VisitorId, tie.UserId, tie.Revoked, tie.Current));

    private async Task ApplyAsync(params (string Visitor, int Hour, string User)[] sessions)
    {
        var sites = new FakeSites();
        sites.Set(siteId, new SiteRules { TimeZone = "UTC" });
        await new Replica(postgres.DataSource, sites).Applier.ApplyAsync(
            sessions.Select(session => Change.Of(Sample.Updated(Of(session.Visitor, session.Hour, session.User)))),
            CancellationToken.None);
    }

    private SessionDocument Of(string visitor, int hour, string user)
    {
        var document = Sample.Document(
            siteId, visitor, Sample.SessionId($"{siteId}/{visitor}", hour), Sample.Noon.AddHours(hour), 1,
            Sample.Page("/"));
        if (user.Length > 0)
            document.Session.UserId = user;
        return document;
    }
}
