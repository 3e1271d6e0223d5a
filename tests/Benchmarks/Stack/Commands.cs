using System.Diagnostics;
using SessionPlatform.Benchmarks.Harness;

namespace SessionPlatform.Benchmarks.Stack;

/// <summary>Runs the commands at the root of the repository against a state folder.</summary>
internal static class Commands
{
    public static async Task<(int Code, string Output)> RunAsync(
        string state, string command, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Repository.File(command), arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["SESSIONPLATFORM_STATE"] = state;
        // The dashboard is a development tool and no part of the suite.
        start.Environment["SESSIONPLATFORM_DASHBOARD"] = "off";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output + await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
