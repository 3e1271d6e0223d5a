using System.ComponentModel.DataAnnotations;

namespace SessionPlatform.Sessionizer;

/// <summary>Settings of the Sessionizer, section <c>Sessionizer</c>.</summary>
internal sealed class SessionizerOptions
{
    public const string Section = "Sessionizer";

    /// <summary>
    /// How long changes of one session are gathered before it is announced, so that a busy session is announced at most
    /// once in this time. Default 2 s; 100 ms - 1 min. Shorter makes live numbers fresher and costs messages.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan LiveInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long nothing may have arrived for a stream before its sessions are closed, so that replayed history is not
    /// closed and opened again at each batch. Default 5 s; 100 ms - 10 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan Settle { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often to look for sessions to announce or to close. Default 100 ms; 10 ms - 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Most sessions announced, or streams closed, in one step. Default 2000; 1 - 10000.</summary>
    [Range(1, 10_000)]
    public int StepSize { get; set; } = 2000;
}
