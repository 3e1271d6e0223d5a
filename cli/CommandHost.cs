using System.CommandLine;
using Grpc.Core;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Settings;

namespace SessionPlatform.Cli;

/// <summary>
/// Runs commands: creates the context of each and turns every failure into one line of text and an exit code.
/// </summary>
internal sealed class CommandHost(CliEnvironment environment)
{
    /// <summary>The options that name the suite to connect to; every command has them.</summary>
    public ConnectionOptions Connection { get; } = new();

    /// <summary>Sets the action of the command, which returns the exit code.</summary>
    public void OnRun(Command command, Func<CliContext, ParseResult, CancellationToken, Task<int>> run) =>
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, run, cancellationToken));

    private async Task<int> RunAsync(
        ParseResult parsed,
        Func<CliContext, ParseResult, CancellationToken, Task<int>> run,
        CancellationToken cancellationToken)
    {
        try
        {
            using var context = new CliContext(environment, Connection.Read(parsed, environment));
            return await run(context, parsed, cancellationToken);
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested && IsCancellation(exception))
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception exception)
        {
            // The edge of the program: every failure is reported here and nowhere else.
            await environment.Error.WriteLineAsync(OneLine.Of(ErrorLine.Of(exception)));
            return ExitCodes.Failed;
        }
    }

    private static bool IsCancellation(Exception exception) =>
        exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled };
}
