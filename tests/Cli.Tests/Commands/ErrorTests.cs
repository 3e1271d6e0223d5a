using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using RpcStatus = Grpc.Core.Status;

namespace SessionPlatform.Cli.Tests.Commands;

public sealed class ErrorTests : IAsyncLifetime
{
    private FakeSuite suite = null!;

    public async Task InitializeAsync() => suite = await FakeSuite.StartAsync();

    public async Task DisposeAsync() => await suite.DisposeAsync();

    [Fact]
    public async Task Without_a_suite_it_says_how_to_start_one()
    {
        var folder = Directory.CreateTempSubdirectory("sp-tests-");

        var (exitCode, output, error) = await Sp.RunAsync(folder.FullName, ["wait"]);

        Assert.Equal(ExitCodes.Failed, exitCode);
        Assert.Empty(output);
        AssertOneLine("./run", error);
        folder.Delete();
    }

    [Fact]
    public async Task With_a_suite_that_is_not_running_any_more_it_says_the_same()
    {
        var (exitCode, output, error) = await suite.RunAsync("wait", "--server", "http://127.0.0.1:1");

        Assert.Equal(ExitCodes.Failed, exitCode);
        Assert.Empty(output);
        AssertOneLine("./run", error);
    }

    [Fact]
    public async Task Without_a_key_it_says_how_to_get_one()
    {
        var (exitCode, _, error) = await suite.RunAsync("stats", "--site", "shop");

        Assert.Equal(ExitCodes.Failed, exitCode);
        AssertOneLine("./sp site create shop", error);
    }

    [Fact]
    public async Task Every_violation_is_in_the_one_line()
    {
        var status = new Google.Rpc.Status { Code = (int)StatusCode.InvalidArgument };
        status.Details.Add(Any.Pack(new BadRequest
        {
            FieldViolations =
            {
                new BadRequest.Types.FieldViolation { Field = "site_id", Description = "Give\nthe site." },
                new BadRequest.Types.FieldViolation { Field = "range.to", Description = "Not after from." },
            },
        }));
        suite.On<GetSessionStatsRequest>(_ => new RpcException(
            new RpcStatus(StatusCode.InvalidArgument, "Two things."),
            new Metadata { { "grpc-status-details-bin", status.ToByteArray() } }));

        var (exitCode, output, error) = await suite.RunAsync("stats", "--site", "shop", "--key", "k");

        Assert.Equal(ExitCodes.Failed, exitCode);
        Assert.Empty(output);
        AssertOneLine("site_id: Give the site.; range.to: Not after from.", error);
    }

    [Fact]
    public async Task A_site_that_exists_is_an_error_that_says_what_to_do()
    {
        suite.On<CreateSiteRequest>(_ => new RpcException(new RpcStatus(StatusCode.AlreadyExists, "Taken.")));

        var (exitCode, _, error) = await suite.RunAsync("site", "create", "shop");

        Assert.Equal(ExitCodes.Failed, exitCode);
        AssertOneLine("./sp site rules shop", error);
    }

    [Theory]
    [InlineData("wat")]
    [InlineData("stats")]
    [InlineData("stats", "--site", "shop", "--from", "yesterday")]
    [InlineData("wait", "--timeout", "soon")]
    [InlineData("site", "create", "shop", "--campaign", "sometimes")]
    [InlineData("funnel", "define", "docs", "--site", "shop", "--step", "Docs")]
    [InlineData("sessions", "--site", "shop", "--limit", "0")]
    public async Task A_wrong_command_line_is_one_line_and_tries_nothing(params string[] arguments)
    {
        var (exitCode, output, error) = await suite.RunAsync(arguments);

        Assert.Equal(ExitCodes.Usage, exitCode);
        Assert.Empty(output);
        AssertOneLine("--help", error);
        Assert.Empty(suite.Calls);
    }

    [Fact]
    public async Task A_wait_that_ends_early_is_no_success()
    {
        suite.On<WaitRequest>(_ => new[] { new WaitResponse { Phase = WaitResponse.Types.Phase.Applying } });

        var (exitCode, _, error) = await suite.RunAsync("wait");

        Assert.Equal(ExitCodes.Failed, exitCode);
        AssertOneLine("./sp wait", error);
    }

    [Fact]
    public async Task A_wait_that_is_done_says_nothing()
    {
        suite.On<WaitRequest>(_ => new[] { new WaitResponse { Phase = WaitResponse.Types.Phase.Done } });

        Assert.Equal((ExitCodes.Done, "", ""), await suite.RunAsync("wait", "--closed"));
        Assert.Equal($"Bearer {FakeSuite.PlatformKey}", Assert.Single(suite.Calls).Authorization);
    }

    [Fact]
    public async Task Ctrl_C_is_quiet()
    {
        using var interrupt = new CancellationTokenSource();
        suite.On<WaitRequest>(_ => WaitFor(interrupt));

        var (exitCode, output, error) = await Sp.RunAsync(suite.State, ["wait"], cancellationToken: interrupt.Token);

        Assert.Equal(ExitCodes.Interrupted, exitCode);
        Assert.Empty(output);
        Assert.Empty(error);
    }

    // Interrupted once the first answer is on its way; the server goes on.
    private static IEnumerable<WaitResponse> WaitFor(CancellationTokenSource interrupt)
    {
        yield return new WaitResponse { Phase = WaitResponse.Types.Phase.Sessionizing };
        interrupt.Cancel();
        while (true)
            yield return new WaitResponse { Phase = WaitResponse.Types.Phase.Applying };
    }

    private static void AssertOneLine(string part, string error)
    {
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }
}
