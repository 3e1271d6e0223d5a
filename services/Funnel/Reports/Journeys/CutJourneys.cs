using Npgsql;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Segments;

namespace SessionPlatform.Funnel.Reports.Journeys;

/// <summary>
/// Page views before or after an event of a funnel: by the whole documents of sessions, since only they tell which one
/// that is.
/// </summary>
internal static class CutJourneys
{
    private const int PersonColumn = 0;
    private const int DeviceColumn = 1;
    private const int ConvertedColumn = 2;
    private const int PagesColumn = 3;
    private const int OffsetsColumn = 4;
    private const int DocumentColumn = 5;

    /// <summary>Adds all sessions to a tally.</summary>
    /// <param name="connection">With the snapshot of the report.</param>
    public static async Task AddAsync(
        NpgsqlConnection connection,
        JourneySelection selection,
        IJourneyTally tally,
        CancellationToken cancellationToken)
    {
        var persons = new PersonNumbers();
        await foreach (var row in ReportDatabase.RowsAsync(connection, Select(selection), cancellationToken))
        {
            if (Readable.Document(Sql.Bytes(row, DocumentColumn)) is not { } document
                || selection.Cut!.Kept(document) is not { } kept)
            {
                continue;
            }

            var views = Array.ConvertAll(Sql.Texts(row, PagesColumn), tally.Pages.Of);
            tally.Add(
                views.AsSpan(kept),
                Sql.Longs(row, OffsetsColumn).AsSpan(0, views.Length)[kept],
                new JourneySession(
                    persons.NumberOf(row.GetString(PersonColumn)),
                    tally.Devices.Of(row.GetString(DeviceColumn)),
                    row.GetBoolean(ConvertedColumn)));
        }
    }

    private static NpgsqlBatchCommand Select(JourneySelection selection)
    {
        var parameters = new SqlParameters();
        var siteId = selection.Site.SiteId;
        var condition = SegmentSql.Condition(parameters, siteId, selection.Span, selection.Segment);
        var persons = PersonSql.Of(parameters, siteId, selection.Segment);
        return parameters.ToCommand(
            $"""
            SELECT {persons.Person}, coalesce(f.device_type, ''), f.conversions > 0, f.pages,
                array_replace(f.page_offsets, NULL, 0), d.document
            FROM session_facts AS f JOIN session_documents AS d USING (site_id, visitor_id, session_id){persons.Joins}
            WHERE {condition}
                AND f.pages IS NOT NULL
            """);
    }
}
