using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace SessionPlatform.Funnel.Storage;

/// <summary>
/// Who counts sessions of a site holds its lock shared, and takes it before any row; who sets the site's aggregates to a
/// recount holds it alone, so that nothing is added while they are counted. Ends with the transaction.
/// </summary>
internal static class SiteLock
{
    private const string SharedSql = "SELECT pg_advisory_xact_lock_shared(key) FROM unnest($1::bigint[]) AS key";

    private const string ExclusiveSql = "SELECT pg_advisory_xact_lock($1)";

    // The lock of a row-free name is a number: chosen such that other users of advisory locks never have the same ones.
    private const string Prefix = "session-platform/funnel/site/";

    /// <summary>In the order of the numbers, as everyone takes them, so that nobody waits in a circle.</summary>
    public static NpgsqlBatchCommand Shared(IEnumerable<string> siteIds) =>
        Sql.Command(SharedSql, (object)siteIds.Select(KeyOf).Order().ToArray());

    /// <summary>Waits for everyone who holds it shared; whoever comes later waits in turn.</summary>
    public static NpgsqlBatchCommand Exclusive(string siteId) => Sql.Command(ExclusiveSql, KeyOf(siteId));

    private static long KeyOf(string siteId) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(Prefix + siteId)));
}
