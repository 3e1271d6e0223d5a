using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SessionPlatform.Contracts.Ingestion.V1;

namespace SessionPlatform.Cli.Replay;

/// <summary>The summary of a replay or a simulation, as text or as one JSON document.</summary>
internal sealed record SendSummary(
    long Sent, long Accepted, long Rejected, IReadOnlyList<SummaryReject> Rejects,
    IReadOnlyList<RejectExample> RejectedLines, long Skipped, long Unreadable,
    IReadOnlyList<UnreadableLine> UnreadableLines, double Seconds)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [JsonIgnore]
    public double Rate => Seconds > 0 ? Sent / Seconds : 0;

    public static SendSummary Of(SendReport report, ReplaySource? source, TimeSpan elapsed) => new(
        report.Acknowledged,
        report.Accepted,
        report.Rejected,
        [.. report.Rejects.Select(group => new SummaryReject(NameOf(group.Reason), group.Field, group.Events))],
        report.Examples,
        source?.Skipped ?? 0,
        source?.Unreadable ?? 0,
        source?.Examples ?? [],
        Math.Round(elapsed.TotalSeconds, 3));

    public async Task WriteAsync(TextWriter output, bool asJson)
    {
        foreach (var line in asJson ? [JsonSerializer.Serialize(this, Json)] : Lines())
            await output.WriteLineAsync(line);
    }

    private IEnumerable<string> Lines()
    {
        var culture = CultureInfo.InvariantCulture;
        yield return string.Create(
            culture,
            $"{Sent:N0} events sent, {Accepted:N0} accepted, {Rejected:N0} rejected; {Seconds:N1} s, {Rate:N0}/s");
        foreach (var group in Rejects)
            yield return string.Create(culture, $"  rejected {group.Events:N0}: {group.Reason} {group.Field}");
        foreach (var example in RejectedLines)
            yield return string.Create(culture, $"    line {example.Line}: {example.Field}: {example.Description}");
        if (Skipped > 0)
        {
            yield return string.Create(
                culture, $"{Skipped:N0} lines are no page views (assets, failed requests, other methods)");
        }

        if (Unreadable > 0)
            yield return string.Create(culture, $"{Unreadable:N0} lines cannot be read:");
        foreach (var line in UnreadableLines)
            yield return string.Create(culture, $"    line {line.Line}: {line.Problem}");
        if (Unreadable > UnreadableLines.Count)
            yield return "    …";
    }

    private static string NameOf(Violation.Types.Reason reason) =>
        Violation.Descriptor.EnumTypes[0].FindValueByNumber((int)reason)?.Name ?? reason.ToString();
}

internal sealed record SummaryReject(string Reason, string Field, long Events);
