using System.Runtime.CompilerServices;
using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Journeys;

/// <summary>Which sessions a report of journeys is about, and what of them it needs.</summary>
/// <param name="Cut">Null: all page views of each.</param>
/// <param name="WithTimes">Whether it asks when pages were viewed.</param>
internal sealed record JourneySelection(
    string SiteId, ReportSpan Span, Segment? Segment, FunnelCut? Cut, bool WithTimes);

/// <summary>The page views of a session.</summary>
/// <param name="Offsets">Microseconds since its start; zeros where nobody asked.</param>
internal readonly record struct SessionPages(
    JourneySession Session, ReadOnlyMemory<string> Pages, ReadOnlyMemory<long> Offsets);

/// <summary>Reads the page views of sessions one by one, as they come from the database.</summary>
internal static class JourneyReader
{
    private const int PersonColumn = 0;
    private const int DeviceColumn = 1;
    private const int ConvertedColumn = 2;
    private const int PagesColumn = 3;
    private const int OffsetsColumn = 4;
    private const int DocumentColumn = 5;

    public static async IAsyncEnumerable<SessionPages> ReadAsync(
        NpgsqlConnection connection,
        JourneySelection selection,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var zeros = Array.Empty<long>();
        await foreach (var row in ReportDatabase.RowsAsync(connection, Select(selection), cancellationToken))
        {
            if (Kept(row, selection.Cut) is not { } kept)
                continue;
            var pages = Sql.Texts(row, PagesColumn);
            if (zeros.Length < pages.Length)
                zeros = new long[pages.Length];
            var offsets = selection.WithTimes ? Sql.Longs(row, OffsetsColumn) : zeros;
            yield return new SessionPages(
                new JourneySession(
                    row.GetString(PersonColumn), row.GetString(DeviceColumn), row.GetBoolean(ConvertedColumn)),
                pages.AsMemory(kept),
                offsets.AsMemory(0, pages.Length)[kept]);
        }
    }

    /// <summary>Null: the session does not reach the stage.</summary>
    private static Range? Kept(NpgsqlDataReader row, FunnelCut? cut)
    {
        if (cut is null)
            return Range.All;
        return Readable.Document(Sql.Bytes(row, DocumentColumn)) is { } document ? cut.Kept(document) : null;
    }

    private static NpgsqlBatchCommand Select(JourneySelection selection)
    {
        var parameters = new SqlParameters();
        var condition = SegmentSql.Condition(parameters, selection.SiteId, selection.Span, selection.Segment);
        var persons = PersonSql.Of(parameters, selection.SiteId, selection.Segment);
        var offsets = selection.WithTimes ? "array_replace(f.page_offsets, NULL, 0)" : "NULL::bigint[]";
        var (document, join) = selection.Cut is null
            ? ("NULL::bytea", "")
            : ("d.document", "JOIN session_documents AS d USING (site_id, visitor_id, session_id)");
        return parameters.ToCommand(
            $"""
            SELECT {persons.Person}, coalesce(f.device_type, ''), f.conversions > 0, f.pages, {offsets}, {document}
            FROM session_facts AS f {join}{persons.Joins}
            WHERE {condition}
                AND f.pages IS NOT NULL
            """);
    }
}
