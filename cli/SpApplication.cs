using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using SessionPlatform.Cli.Commands;
using SessionPlatform.Cli.Replay;
using SessionPlatform.Cli.Simulate;
using SessionPlatform.Cli.Output;

namespace SessionPlatform.Cli;

/// <summary>The command tree of <c>sp</c>.</summary>
internal static class SpApplication
{
    /// <summary>The time that a command has to stop after Ctrl-C.</summary>
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(
        string[] arguments, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var parsed = CreateRoot(environment).Parse(arguments.Length == 0 ? ["--help"] : arguments);
        if (parsed.Action is ParseErrorAction)
        {
            var path = string.Join(' ', PathOf(parsed.CommandResult));
            var error = parsed.UnmatchedTokens.Count > 0
                ? $"'{parsed.UnmatchedTokens[0]}' is no command or option here."
                : parsed.Errors[0].Message;
            await environment.Error.WriteLineAsync($"{OneLine.Of(error)} See: ./{path} --help");
            return ExitCodes.Usage;
        }

        var exitCode = await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = environment.Output,
                Error = environment.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeToStop,
            },
            cancellationToken);
        try
        {
            await environment.Output.FlushAsync(CancellationToken.None);
        }
        catch (IOException exception)
        {
            // A full disk is detected only here, where buffered output is written.
            await environment.Error.WriteLineAsync(OneLine.Of(exception.Message));
            return ExitCodes.Failed;
        }

        return exitCode;
    }

    private static RootCommand CreateRoot(CliEnvironment environment)
    {
        var host = new CommandHost(environment);
        var root = new RootCommand("Events to sessions, sessions to funnels: the command line of SessionPlatform.")
        {
            DemoCommand.Create(host),
            SiteCommand.Create(host),
            KeyCommand.Create(host),
            ReplayCommand.Create(host),
            SimulateCommand.Create(host),
            WaitCommand.Create(host),
            StatsCommand.Create(host),
            SessionsCommand.Create(host),
            SessionCommand.Create(host),
            ExplainCommand.Create(host),
            FunnelCommand.Create(host),
            DaysCommand.Create(host),
            SeriesCommand.Create(host),
            TopCommands.CreateTop(host),
            TopCommands.CreatePages(host),
            TopCommands.CreateSources(host),
            TopCommands.CreateTechnology(host),
            JourneyCommands.CreatePaths(host),
            JourneyCommands.CreateTransitions(host),
            RetentionCommands.CreateRetention(host),
            RetentionCommands.CreateLifecycle(host),
            RetentionCommands.CreateStickiness(host),
            AttributionCommand.Create(host),
            TiesCommand.Create(host),
            ActiveCommand.Create(host),
            LiveCommand.Create(host),
            QueryCommand.Create(host),
            BotsCommand.Create(host),
            LatenessCommand.Create(host),
            RejectsCommand.Create(host),
            AuditCommand.Create(host),
        };
        host.Connection.AddTo(root);
        return root;
    }

    private static Stack<string> PathOf(CommandResult command)
    {
        var names = new Stack<string>();
        for (SymbolResult? result = command; result is not null; result = result.Parent)
        {
            if (result is CommandResult { Command: var each })
                names.Push(each is RootCommand ? "sp" : each.Name);
        }

        return names;
    }
}
