using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Ingestion.Steps;
using Reason = SessionPlatform.Contracts.Ingestion.V1.Violation.Types.Reason;

namespace SessionPlatform.Ingestion.Tests.Steps;

public sealed class AuthoritativeKeyTests
{
    [Fact]
    public void The_session_key_is_the_stream_where_the_client_decides_sessions()
    {
        var sent = Examples.PageView();
        sent.SessionKey = "key";

        Assert.Equal("key", Examples.Run(sent, Authoritative()).Accepted.StreamKey);
        Assert.Equal("visitor", Examples.Run(sent).Accepted.StreamKey);
    }

    [Fact]
    public void An_event_without_the_key_that_decides_is_rejected_by_that_field()
    {
        var violation = Assert.Single(Examples.Run(Examples.PageView(), Authoritative()).Violations);

        Assert.Equal(("session_key", Reason.Required), (violation.Field, violation.Reason));
        Assert.Empty(Examples.Run(Examples.PageView()).Violations);
    }

    private static BatchContext Authoritative()
    {
        var site = Examples.Shop();
        site.Rules.SessionKey = SiteRules.Types.SessionKeyPolicy.Authoritative;
        return Examples.Context() with { KeySite = site };
    }
}
