using System.Globalization;
using Google.Protobuf;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Oracle;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>The relation of a stored document to the expected one.</summary>
internal enum Standing
{
    /// <summary>The document is as expected.</summary>
    Same,

    /// <summary>The document is missing or of a lower revision: the fact may be in transit.</summary>
    Behind,

    /// <summary>The document is of a higher revision: the expectation may be outdated.</summary>
    Ahead,

    /// <summary>The document differs at an equal revision, which no fact will correct.</summary>
    Different,
}

/// <summary>Compares a stored document with the session of the Sessionizer.</summary>
internal static class DocumentComparison
{
    // Bounds the report: one document may differ in all of its 2,000 events.
    private const int MaxFields = 100;

    private const long TicksPerMicrosecond = 10;

    public static Standing Compare(SessionDocument expected, DocumentRow? row)
    {
        if (row is null || row.Revision < expected.Session.Revision)
            return Standing.Behind;
        if (row.Revision > expected.Session.Revision)
            return Standing.Ahead;
        return !row.IsRetracted && row.StartedAt == StartOf(expected) && HasContent(row, expected)
            ? Standing.Same
            : Standing.Different;
    }

    /// <summary>Returns the differences of a document that <see cref="Compare"/> did not find equal.</summary>
    public static IEnumerable<(string Field, string? Stored, string? Recomputed)> Differences(
        SessionDocument expected, DocumentRow? row)
    {
        if (row is null)
            return [("", null, Describe(expected))];
        if (row.IsRetracted)
            return [("", $"retracted at revision {Text(row.Revision)}", Describe(expected))];
        if (row.Revision != expected.Session.Revision)
            return [("revision", Text(row.Revision), Text(expected.Session.Revision))];
        return ContentDifferences(expected, row).Take(MaxFields);
    }

    /// <summary>Describes a row that should not exist.</summary>
    public static string Describe(DocumentRow row) =>
        row.Document is null ? "unreadable" : $"revision {Text(row.Revision)}";

    private static IEnumerable<(string, string?, string?)> ContentDifferences(SessionDocument expected, DocumentRow row)
    {
        if (row.StartedAt != StartOf(expected))
            yield return ("started_at", Text(row.StartedAt), Text(StartOf(expected)));
        if (HasContent(row, expected))
            yield break;
        if (row.Document is not { } stored)
        {
            yield return ("", Describe(row), Describe(expected));
            yield break;
        }

        var differences = DocumentDifference.Between(stored, expected).Concat(History(stored, expected)).ToList();
        // Unknown fields.
        if (differences.Count == 0)
            differences.Add(("", "unknown fields", Describe(expected)));
        foreach (var difference in differences)
            yield return difference;
    }

    /// <summary>Removes fields that a stored document has but a recomputed one lacks.</summary>
    private static IEnumerable<(string, string?, string?)> History(SessionDocument stored, SessionDocument expected)
    {
        if (stored.Session.Revision != expected.Session.Revision)
            yield return ("session.revision", Text(stored.Session.Revision), Text(expected.Session.Revision));
        if (stored.Session.Closed != expected.Session.Closed)
            yield return ("session.closed", Text(stored.Session.Closed), Text(expected.Session.Closed));
    }

    // Comparing bytes is cheap and usually succeeds; otherwise messages are compared, regardless of field order.
    private static bool HasContent(DocumentRow row, SessionDocument expected) =>
        row.Bytes is { } bytes
        && (bytes.AsSpan().SequenceEqual(expected.ToByteArray()) || expected.Equals(row.Document));

    /// <summary>Truncates a time to the precision of its column.</summary>
    private static DateTime StartOf(SessionDocument document)
    {
        var start = document.Session.StartedAt.ToDateTime();
        return start.AddTicks(-(start.Ticks % TicksPerMicrosecond));
    }

    private static string Describe(SessionDocument document) => $"revision {Text(document.Session.Revision)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(bool value) => value ? "true" : "false";

    private static string Text(DateTime time) => time.ToString("O", CultureInfo.InvariantCulture);
}
