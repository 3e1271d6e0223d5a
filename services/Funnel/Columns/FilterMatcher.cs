using Google.Protobuf;
using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// Matches filters with the texts of a site, in PostgreSQL, and caches which codes match. Texts never change and new
/// ones get greater codes, so that a cached match is completed by the texts that were added since.
/// </summary>
internal sealed class FilterMatcher(ReportDatabase database, ReportCache cache)
{
    // About what an entry takes besides its codes and its filter.
    private const int EntryBytes = 400;

    // The codes are in an index of the site's texts: this reads one entry of it.
    private const string GreatestCodeSql = "SELECT coalesce(max(number), 0) FROM text_numbers WHERE site_id = $1";

    private readonly CachePartition<Key, MatchingCodes> matches =
        cache.AddKind<Key, MatchingCodes>("filter_matches");

    /// <summary>
    /// Returns by code whether the text has a value of the filter, whatever its operator makes of that; codes beyond
    /// the end do not match. All texts that have a code when the call begins are considered.
    /// </summary>
    public async Task<bool[]> MatchAsync(string siteId, Filter filter, CancellationToken cancellationToken)
    {
        var key = new Key(siteId, filter.ToByteString());
        matches.TryGet(key, out var known);
        var current = await database.ReadBesideAsync(
            joinsPersons: false,
            (connection, token) => ReadAsync(connection, siteId, filter, known ?? MatchingCodes.None, token),
            cancellationToken);
        if (current != known)
            matches.Set(key, current, EntryBytes + key.Filter.Length + current.Matching.Length);
        return current.Matching;
    }

    private static async Task<MatchingCodes> ReadAsync(
        NpgsqlConnection connection,
        string siteId,
        Filter filter,
        MatchingCodes known,
        CancellationToken cancellationToken)
    {
        var greatest = 0;
        await foreach (var row in ReportDatabase.RowsAsync(
            connection, Sql.Command(GreatestCodeSql, siteId), cancellationToken))
        {
            greatest = row.GetInt32(0);
        }

        if (greatest == known.Greatest)
            return known;
        var parameters = new SqlParameters();
        var sql = $"""
            SELECT t.number FROM (
                SELECT 0 AS number, '' COLLATE "C" AS text
                UNION ALL SELECT number, text FROM text_numbers WHERE site_id = {parameters.Add(siteId)}) AS t
            WHERE t.number > {parameters.Add(known.Greatest)} AND ({SegmentSql.Matches(parameters, filter, "t.text")})
            """;
        var added = new List<int>();
        await foreach (var row in ReportDatabase.RowsAsync(connection, parameters.ToCommand(sql), cancellationToken))
            added.Add(row.GetInt32(0));
        return known.With(added, greatest);
    }

    private sealed record Key(string SiteId, ByteString Filter);

    /// <summary>The codes that match a filter, of all codes up to the greatest one that was considered.</summary>
    private sealed class MatchingCodes(bool[] matching, int greatest)
    {
        // The code of the empty text is 0.
        public static readonly MatchingCodes None = new([], -1);

        public bool[] Matching => matching;

        public int Greatest => greatest;

        public MatchingCodes With(List<int> added, int upTo)
        {
            var all = added.Count == 0 ? matching : new bool[Math.Max(matching.Length, added.Max() + 1)];
            if (added.Count > 0)
                matching.CopyTo(all, 0);
            foreach (var code in added)
                all[code] = true;
            return new MatchingCodes(all, upTo);
        }
    }
}
