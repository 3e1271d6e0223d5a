using System.Globalization;
using Spectre.Console;

namespace SessionPlatform.Cli.Replay;

/// <summary>
/// Shows a progress bar with the rate on the terminal of standard error; without a terminal, it writes nothing.
/// </summary>
internal static class SendProgress
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    /// <param name="done">The share of the work that is done, 0-1; null when unknown.</param>
    public static async Task ShowAsync(
        CliContext context, string title, SendReport report, Func<double?> done, Func<Task> work)
    {
        if (!context.ShowProgress)
        {
            await work();
            return;
        }

        await context.Progress.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask(Markup.Escape(title));
                var working = work();
                var time = context.Environment.Time;
                var started = time.GetTimestamp();
                while (await Task.WhenAny(working, Task.Delay(Refresh, time)) != working)
                {
                    bar.IsIndeterminate = done() is null;
                    bar.Value = 100 * (done() ?? 0);
                    var rate = report.Acknowledged / time.GetElapsedTime(started).TotalSeconds;
                    bar.Description = string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Markup.Escape(title)} {report.Acknowledged:N0} acknowledged, {rate:N0}/s");
                }

                await working;
            });
    }
}
