using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Sessionizer.Sessions;
using SessionPlatform.Sessionizer.Sites;
using SessionPlatform.Sessionizer.Tests.Sessionizing;
using SessionPlatform.Sessionizer.Tests.Sessions;
using static SessionPlatform.Sessionizer.Tests.Sessions.TestEvents;

namespace SessionPlatform.Sessionizer.Tests.Recomputing;

/// <summary>What earlier versions stored.</summary>
public sealed class UpgradeTests(SessionizerDatabase database) : IClassFixture<SessionizerDatabase>
{
    [Fact]
    public async Task Sessions_stored_before_there_were_conversion_types_get_them_in_the_background()
    {
        var siteId = await database.AddSiteAsync();
        await database.NewReplica().ApplyAsync(
            [Of(siteId, PageView(0, "/a")), Of(siteId, Event(1, "purchase", "/b"))], CancellationToken.None);
        await StripConversionTypesAsync(siteId);
        Assert.NotEmpty((await database.AuditAsync(siteId)).Differences);

        await database.ExecuteAsync(Script("0003"));
        await database.ReprocessAllAsync();

        Assert.Empty((await database.AuditAsync(siteId)).Differences);
        Assert.Equal(2, Assert.Single(await database.SessionsAsync(siteId)).Revision);
    }

    [Fact]
    public async Task Sessions_stored_before_there_were_properties_get_them_and_others_stay()
    {
        var siteId = await database.AddSiteAsync();
        var plain = Of(siteId, PageView(0, "/plain")).With(e => e.StreamKey = e.Event.VisitorId = "plain");
        var described = Of(siteId, Event(0, "custom")).With(e => e.Event.Properties.Add("size", Value.ForNumber(7)));
        await database.NewReplica().ApplyAsync([plain, described], CancellationToken.None);
        await StripPropertiesAsync(siteId);
        Assert.NotEmpty((await database.AuditAsync(siteId)).Differences);

        await database.ExecuteAsync(Script("0005"));
        await database.NewReplica().ApplyAsync(
            [Of(siteId, Event(1, "custom")).With(e => e.Event.Properties.Add("size", Value.ForNumber(8)))],
            CancellationToken.None);
        await database.ReprocessAllAsync();

        Assert.Empty((await database.AuditAsync(siteId)).Differences);
        Assert.Equal(
            [("plain", 1), (Visitor, 3)],
            (await database.SessionsAsync(siteId)).Select(s => (s.VisitorId, s.Revision)).Order());
    }

    private async Task StripPropertiesAsync(string siteId)
    {
        const string column = "SELECT {0} FROM sessions WHERE site_id = $1 AND stream_key = $2";
        var timeline = SessionState.Parser.ParseFrom(
            await database.ScalarAsync<byte[]>(column.Replace("{0}", "timeline"), siteId, Visitor));
        var state = SessionState.Parser.ParseFrom(
            await database.ScalarAsync<byte[]>(column.Replace("{0}", "state"), siteId, Visitor));
        timeline.Document.Timeline[0].Properties.Clear();
        state.PropertyBytes = 0;
        await database.ExecuteAsync(
            "UPDATE sessions SET timeline = $3, state = $4 WHERE site_id = $1 AND stream_key = $2",
            siteId, Visitor, timeline.ToByteArray(), state.ToByteArray());
    }

    private async Task StripConversionTypesAsync(string siteId)
    {
        var stored = SessionState.Parser.ParseFrom(
            await database.ScalarAsync<byte[]>("SELECT timeline FROM sessions WHERE site_id = $1", siteId));
        foreach (var e in stored.Document.Timeline)
            e.ConversionTypes.Clear();
        await database.ExecuteAsync(
            "UPDATE sessions SET timeline = $2 WHERE site_id = $1", siteId, stored.ToByteArray());
    }

    private static string Script(string number)
    {
        var assembly = typeof(SiteStore).Assembly;
        var name = assembly.GetManifestResourceNames().Single(each => each.Contains(number, StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static AcceptedEvent Of(string siteId, AcceptedEvent e) =>
        e.With(sent => sent.Event.SiteId = siteId);
}
