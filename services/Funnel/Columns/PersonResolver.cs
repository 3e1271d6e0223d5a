using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Metrics;
using Npgsql;
using Unit = SessionPlatform.Contracts.Metrics.V1.Unit;

namespace SessionPlatform.Funnel.Columns;

/// <summary>
/// Resolves the identity of visitors by the rules of <see cref="PersonSql"/>: a person is the visitor or, when users
/// are counted, the user to whom the visitor is linked. A person is identified by the code of one of its visitors.
/// </summary>
internal sealed class PersonResolver
{
    private readonly Dictionary<int, int> tied = [];
    private readonly HashSet<Guid> firsts = [];
    private readonly bool ofUsers;

    private PersonResolver(bool ofUsers) => this.ofUsers = ofUsers;

    /// <summary>Returns the columns that resolving reads of a chunk.</summary>
    public static IEnumerable<Column> ColumnsOf(Unit unit) => unit == Unit.User
        ? [FactColumns.Visitor, FactColumns.Flags, FactColumns.SessionId]
        : [FactColumns.Visitor, FactColumns.Flags];

    /// <param name="connection">A connection in the report's snapshot.</param>
    public static async Task<PersonResolver> ReadAsync(
        NpgsqlConnection connection,
        NpgsqlDataSource dataSource,
        string siteId,
        Unit unit,
        CancellationToken cancellationToken)
    {
        var persons = new PersonResolver(unit == Unit.User);
        if (persons.ofUsers)
            await persons.ReadTiesAsync(connection, dataSource, siteId, cancellationToken);
        return persons;
    }

    /// <summary>Returns the person of each session of a chunk; the array must not be changed.</summary>
    public int[] Of(Chunk chunk)
    {
        var visitors = chunk.Values(FactColumns.Visitor);
        return tied.Count == 0
            ? visitors
            : Array.ConvertAll(visitors, visitor => tied.GetValueOrDefault(visitor, visitor));
    }

    /// <summary>Returns whether a session is the person's first on the site.</summary>
    public bool IsFirst(Chunk chunk, int session)
    {
        if ((chunk.Values(FactColumns.Flags)[session] & (int)SessionFlags.New) == 0)
            return false;
        return !tied.ContainsKey(chunk.Values(FactColumns.Visitor)[session])
            || firsts.Contains(chunk.Values(FactColumns.SessionId)[session]);
    }

    /// <summary>Returns for each session of a chunk whether it is its person's first on the site.</summary>
    public bool[] AreFirst(Chunk chunk)
    {
        var areFirst = Array.ConvertAll(
            chunk.Values(FactColumns.Flags), flags => (flags & (int)SessionFlags.New) != 0);
        if (tied.Count == 0)
            return areFirst;
        var (visitors, ids) = (chunk.Values(FactColumns.Visitor), chunk.Values(FactColumns.SessionId));
        for (var session = 0; session < areFirst.Length; session++)
            areFirst[session] &= !tied.ContainsKey(visitors[session]) || firsts.Contains(ids[session]);
        return areFirst;
    }

    private async Task ReadTiesAsync(
        NpgsqlConnection connection, NpgsqlDataSource dataSource, string siteId, CancellationToken cancellationToken)
    {
        var ties = new List<(string Visitor, string User)>();
        await foreach (var row in ReportDatabase.RowsAsync(connection, PersonSql.TiesOf(siteId), cancellationToken))
            ties.Add((row.GetString(0), row.GetString(1)));
        await foreach (var row in ReportDatabase.RowsAsync(connection, PersonSql.FirstsOf(siteId), cancellationToken))
            firsts.Add(row.GetGuid(0));
        var visitors = await SiteDictionary.Visitors(dataSource, siteId)
            .EncodeAsync([.. ties.Select(tie => tie.Visitor)], cancellationToken);
        // A user is identified by the first of its visitors in this order.
        var users = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (tie, visitor) in ties.Zip(visitors))
        {
            if (!users.TryGetValue(tie.User, out var person))
                users[tie.User] = person = visitor;
            tied[visitor] = person;
        }
    }
}
