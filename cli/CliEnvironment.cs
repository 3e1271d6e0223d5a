using System.Text;

namespace SessionPlatform.Cli;

/// <summary>What surrounds a run of <c>sp</c>: the standard streams, the settings, the clock.</summary>
internal sealed class CliEnvironment
{
    private const int BufferBytes = 64 << 10;

    /// <summary>What "-" reads.</summary>
    public TextReader Input { get; init; } = TextReader.Null;

    /// <summary>Answers only: tables, or one JSON document.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Errors and progress.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>People watch <see cref="Output"/>: colours and the width of the window make sense.</summary>
    public required bool OutputIsTerminal { get; init; }

    /// <summary>People watch <see cref="Error"/>: progress makes sense.</summary>
    public required bool ErrorIsTerminal { get; init; }

    /// <summary>Reads an environment variable; null where there is none.</summary>
    public required Func<string, string?> Variable { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static CliEnvironment OfProcess() => new()
    {
        Input = Console.In,
        // Redirected output is buffered: the formatter of JSON writes in small pieces.
        Output = Console.IsOutputRedirected
            ? new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), BufferBytes)
            : Console.Out,
        Error = Console.Error,
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Variable = Environment.GetEnvironmentVariable,
    };
}
