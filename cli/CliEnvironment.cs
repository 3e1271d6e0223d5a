using System.Text;

namespace SessionPlatform.Cli;

/// <summary>The environment of a run of <c>sp</c>: standard streams, environment variables and clock.</summary>
internal sealed class CliEnvironment
{
    private const int BufferBytes = 64 << 10;

    /// <summary>Standard input, which "-" reads.</summary>
    public TextReader Input { get; init; } = TextReader.Null;

    /// <summary>Standard output, for results only: tables or one JSON document.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Standard error, for errors and progress.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether <see cref="Output"/> is a terminal, with colours and a width.</summary>
    public required bool OutputIsTerminal { get; init; }

    /// <summary>Whether <see cref="Error"/> is a terminal, which shows progress.</summary>
    public required bool ErrorIsTerminal { get; init; }

    /// <summary>Reads an environment variable; null when it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static CliEnvironment OfProcess() => new()
    {
        Input = Console.In,
        // Redirected output is buffered because the JSON formatter writes in small pieces.
        Output = Console.IsOutputRedirected
            ? new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), BufferBytes)
            : Console.Out,
        Error = Console.Error,
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Variable = Environment.GetEnvironmentVariable,
    };
}
