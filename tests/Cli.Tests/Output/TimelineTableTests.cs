using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Sessions.V1;
using Spectre.Console;

namespace SessionPlatform.Cli.Tests.Output;

public sealed class TimelineTableTests
{
    [Fact]
    public void Properties_are_shown_by_key_where_an_event_has_any()
    {
        var described = new TimelineEvent
        {
            Kind = "custom",
            At = new Timestamp(),
            Properties =
            {
                ["size"] = Value.ForNumber(7.5), ["color"] = Value.ForString("red"), ["sold"] = Value.ForBool(true),
            },
        };
        var plain = new TimelineEvent { Kind = "pageview", At = new Timestamp() };

        Assert.Contains("color=red, size=7.5, sold=true", Rendered(plain, described), StringComparison.Ordinal);
        Assert.DoesNotContain("Properties", Rendered(plain), StringComparison.Ordinal);
    }

    private static string Rendered(params TimelineEvent[] timeline)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = 200;
        console.Write(SessionTables.Of(timeline));
        return writer.ToString();
    }
}
