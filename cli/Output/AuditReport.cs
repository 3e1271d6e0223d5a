using System.Globalization;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Jobs.V1;

namespace SessionPlatform.Cli.Output;

/// <summary>
/// Writes what an audit finds as it arrives: a line for each difference and a summary, or one JSON document.
/// </summary>
internal sealed class AuditReport(TextWriter output, bool asJson, bool repair)
{
    // A value may be a whole session; --json shows all of it.
    private const int ValueLength = 120;
    private const int NameLength = 200;

    /// <summary>The number of differences written so far.</summary>
    public ulong Differences { get; private set; }

    public async Task WriteAsync(AuditDifference difference)
    {
        if (asJson)
            await output.WriteAsync((Differences == 0 ? "{ \"differences\": [ " : ", ") + Json.Of(difference));
        else
            await output.WriteLineAsync(LineOf(difference));
        Differences++;
    }

    public async Task EndAsync(AuditSummary summary)
    {
        if (asJson)
        {
            var start = Differences == 0 ? "{ \"differences\": [" : "";
            await output.WriteLineAsync($"{start} ], \"summary\": {Json.Of(summary)} }}");
        }
        else
        {
            await output.WriteLineAsync(LineOf(summary));
        }
    }

    private static string LineOf(AuditDifference difference)
    {
        var field = difference.Field.Length > 0 ? $", {Show.Foreign(difference.Field, NameLength)}" : "";
        var stored = Value(difference.HasStored, difference.Stored);
        var recomputed = Value(difference.HasRecomputed, difference.Recomputed);
        return $"{Words.Of(difference.Kind)} {Show.Foreign(difference.Subject, NameLength)}{field}:"
            + $" stored {stored}, recomputed {recomputed}";
    }

    private static string Value(bool isThere, string value)
    {
        if (!isThere)
            return "absent";
        return value.Length > 0 ? Show.Foreign(value, ValueLength) : "\"\"";
    }

    private string LineOf(AuditSummary summary)
    {
        var differences = Number(summary.Differences, "difference");
        var mended = repair
            ? $" ({Number(summary.Repaired, "stream, document or row", "streams, documents and rows")} mended)"
            : "";
        return $"{differences}{mended}: {Number(summary.Events, "event")}, {Number(summary.Sessions, "session")},"
            + $" {Number(summary.Documents, "document")}, {Number(summary.Aggregates, "aggregate row")}";
    }

    private static string Number(ulong number, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? one : many ?? one + "s")}");
}
