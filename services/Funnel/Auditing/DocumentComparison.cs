using System.Globalization;
using Google.Protobuf;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Oracle;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>How a stored document relates to what it should be.</summary>
internal enum Standing
{
    /// <summary>As it should be.</summary>
    Same,

    /// <summary>Missing or of a lower revision: the fact may be on its way.</summary>
    Behind,

    /// <summary>Of a higher revision: what it is compared with may be out of date.</summary>
    Ahead,

    /// <summary>Something else at the same revision, which no fact will put right.</summary>
    Different,
}

/// <summary>Compares Funnel's copy of a session with the session.</summary>
internal static class DocumentComparison
{
    // One document may differ in all of its 2,000 events; beyond these, more say nothing new.
    private const int MostFields = 100;

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

    /// <summary>What differs, where <see cref="Compare"/> does not say that it is the same.</summary>
    public static IEnumerable<(string Field, string? Stored, string? Recomputed)> Differences(
        SessionDocument expected, DocumentRow? row)
    {
        if (row is null)
            return [("", null, Describe(expected))];
        if (row.IsRetracted)
            return [("", $"retracted at revision {Text(row.Revision)}", Describe(expected))];
        if (row.Revision != expected.Session.Revision)
            return [("revision", Text(row.Revision), Text(expected.Session.Revision))];
        return ContentDifferences(expected, row).Take(MostFields);
    }

    /// <summary>In few words, of a row that should not be there.</summary>
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
        // Fields that no version of the contract has.
        if (differences.Count == 0)
            differences.Add(("", "unknown fields", Describe(expected)));
        foreach (var difference in differences)
            yield return difference;
    }

    /// <summary>What a recomputation does not know, but a copy does.</summary>
    private static IEnumerable<(string, string?, string?)> History(SessionDocument stored, SessionDocument expected)
    {
        if (stored.Session.Revision != expected.Session.Revision)
            yield return ("session.revision", Text(stored.Session.Revision), Text(expected.Session.Revision));
        if (stored.Session.Closed != expected.Session.Closed)
            yield return ("session.closed", Text(stored.Session.Closed), Text(expected.Session.Closed));
    }

    // Equal bytes are the common case, and cheaper to tell; the order in which fields were written is no difference.
    private static bool HasContent(DocumentRow row, SessionDocument expected) =>
        row.Bytes is { } bytes
        && (bytes.AsSpan().SequenceEqual(expected.ToByteArray()) || expected.Equals(row.Document));

    /// <summary>As precisely as it is stored.</summary>
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
