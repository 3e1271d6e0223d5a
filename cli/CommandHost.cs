using System.CommandLine;
using Grpc.Core;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Settings;

namespace SessionPlatform.Cli;

/// <summary>
/// Runs commands: gives each its context and turns whatever goes wrong into one line and an exit code.
/// </summary>
internal sealed class CommandHost(CliEnvironment environment)
{
    /// <summary>The options that say which suite is spoken to; every command has them.</summary>
    public ConnectionOptions Connection { get; } = new();

    /// <summary>Sets what the command does; the result is its exit code.</summary>
    public void OnRun(Command command, Func<CliContext, ParseResult, CancellationToken, Task<int>> run) =>
        command.SetAction((parsed, cancellation) => RunAsync(parsed, run, cancellation));

    private async Task<int> RunAsync(
        ParseResult parsed, Func<CliContext, ParseResult, CancellationToken, Task<int>> run, CancellationToken cancellation)
    {
        try
        {
            using var context = new CliContext(environment, Connection.Read(parsed, environment));
            return await run(context, parsed, cancellation);
        }
        catch (Exception exception) when (cancellation.IsCancellationRequested && IsCancellation(exception))
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception exception)
        {
            // The edge of the program: whatever happened is told here and nowhere else.
            await environment.Error.WriteLineAsync(OneLine.Of(ErrorLine.Of(exception)));
            return ExitCodes.Failed;
        }
    }

    private static bool IsCancellation(Exception exception) =>
        exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled };
}
