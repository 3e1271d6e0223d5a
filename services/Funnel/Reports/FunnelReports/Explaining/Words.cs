using System.Globalization;

namespace SessionPlatform.Funnel.Reports.FunnelReports.Explaining;

/// <summary>Formats times and durations for explanations.</summary>
internal static class Words
{
    /// <summary>Formats a UTC time, with milliseconds only if they are not zero.</summary>
    public static string Time(long ticks)
    {
        var time = new DateTime(ticks, DateTimeKind.Utc);
        var format = time.Millisecond == 0 ? "yyyy-MM-dd HH:mm:ss'Z'" : "yyyy-MM-dd HH:mm:ss.fff'Z'";
        return time.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>Formats a duration, for example "14 d", "1 h 30 min" or "12.5 s".</summary>
    public static string Span(long ticks)
    {
        var span = TimeSpan.FromTicks(ticks);
        var parts = new List<string>();
        if (span.Days > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{span.Days} d"));
        if (span.Hours > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{span.Hours} h"));
        if (span.Minutes > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{span.Minutes} min"));
        var seconds = (decimal)(ticks % TimeSpan.TicksPerMinute) / TimeSpan.TicksPerSecond;
        if (seconds > 0 || parts.Count == 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{seconds:0.######} s"));
        return string.Join(' ', parts);
    }
}
