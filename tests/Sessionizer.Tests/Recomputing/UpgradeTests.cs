using Google.Protobuf;
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
