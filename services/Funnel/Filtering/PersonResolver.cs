using Npgsql;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Identity;
using Unit = SessionPlatform.Contracts.Metrics.V1.Unit;

namespace SessionPlatform.Funnel.Filtering;

/// <summary>
/// Resolves visitors to persons over columns, like <see cref="PersonSql"/>: to themselves or, when users are counted,
/// to the users they are linked to. A person is a number, at most about as large as the number of visitors.
/// </summary>
internal sealed class PersonResolver
{
    private readonly Dictionary<int, int> linked = [];
    private readonly HashSet<Guid> firsts = [];
    private readonly bool ofUsers;

    private PersonResolver(bool ofUsers) => this.ofUsers = ofUsers;

    /// <summary>Returns the columns that resolution needs.</summary>
    public static IEnumerable<Column> ColumnsOf(Unit unit) => unit == Unit.User
        ? [FactColumns.Visitor, FactColumns.Flags, FactColumns.SessionId]
        : [FactColumns.Visitor, FactColumns.Flags];

    /// <summary>Reads the links of the site, if the unit is the user.</summary>
    /// <param name="connection">A connection with the snapshot of the report.</param>
    public static async Task<PersonResolver> ReadAsync(
        NpgsqlConnection connection,
        NpgsqlDataSource dataSource,
        string siteId,
        Unit unit,
        CancellationToken cancellationToken)
    {
        var persons = new PersonResolver(unit == Unit.User);
        if (persons.ofUsers)
            await persons.ReadLinksAsync(connection, dataSource, siteId, cancellationToken);
        return persons;
    }

    /// <summary>Returns the person of each session of a chunk. Callers must not modify the array.</summary>
    public int[] Of(Chunk chunk)
    {
        var visitors = chunk.Values(FactColumns.Visitor);
        return linked.Count == 0
            ? visitors
            : Array.ConvertAll(visitors, visitor => linked.GetValueOrDefault(visitor, visitor));
    }

    /// <summary>Whether a session is the first of its person on the site.</summary>
    public bool IsFirst(Chunk chunk, int session)
    {
        if ((chunk.Values(FactColumns.Flags)[session] & (int)SessionFlags.New) == 0)
            return false;
        return !linked.ContainsKey(chunk.Values(FactColumns.Visitor)[session])
            || firsts.Contains(chunk.Values(FactColumns.SessionId)[session]);
    }

    /// <summary>Returns for each session of a chunk whether it is the first of its person on the site.</summary>
    public bool[] AreFirst(Chunk chunk)
    {
        var areFirst = Array.ConvertAll(
            chunk.Values(FactColumns.Flags), flags => (flags & (int)SessionFlags.New) != 0);
        if (linked.Count == 0)
            return areFirst;
        var (visitors, ids) = (chunk.Values(FactColumns.Visitor), chunk.Values(FactColumns.SessionId));
        for (var session = 0; session < areFirst.Length; session++)
            areFirst[session] &= !linked.ContainsKey(visitors[session]) || firsts.Contains(ids[session]);
        return areFirst;
    }

    private async Task ReadLinksAsync(
        NpgsqlConnection connection, NpgsqlDataSource dataSource, string siteId, CancellationToken cancellationToken)
    {
        var links = new List<(string Visitor, string User)>();
        await foreach (var row in ReportDatabase.RowsAsync(connection, PersonSql.LinksOf(siteId), cancellationToken))
            links.Add((row.GetString(0), row.GetString(1)));
        await foreach (var row in ReportDatabase.RowsAsync(connection, PersonSql.FirstsOf(siteId), cancellationToken))
            firsts.Add(row.GetGuid(0));
        var visitors = await SiteDictionary.Visitors(dataSource, siteId)
            .EncodeAsync([.. links.Select(link => link.Visitor)], cancellationToken);
        // The number of a user is that of the first of its visitors.
        var users = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (link, visitor) in links.Zip(visitors))
        {
            if (!users.TryGetValue(link.User, out var person))
                users[link.User] = person = visitor;
            linked[visitor] = person;
        }
    }
}
