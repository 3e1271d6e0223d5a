using System.Globalization;
using Spectre.Console;

namespace SessionPlatform.Cli.Replay;

/// <summary>A bar with the rate on a terminal's standard error; nothing where nobody watches.</summary>
internal static class SendProgress
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    /// <param name="done">Share of the work that is done, 0-1; null where it is not known.</param>
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
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(progress => FollowAsync(progress.AddTask(Markup.Escape(title)), context, report, done, work()));

        async Task FollowAsync(ProgressTask bar, CliContext shown, SendReport counts, Func<double?> share, Task working)
        {
            var started = shown.Environment.Time.GetTimestamp();
            while (await Task.WhenAny(working, Task.Delay(Refresh, shown.Environment.Time)) != working)
            {
                bar.IsIndeterminate = share() is null;
                bar.Value = 100 * (share() ?? 0);
                var seconds = shown.Environment.Time.GetElapsedTime(started).TotalSeconds;
                bar.Description = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Markup.Escape(title)} {counts.Acknowledged:N0} acknowledged, {counts.Acknowledged / seconds:N0}/s");
            }

            await working;
            bar.Value = 100;
        }
    }
}
