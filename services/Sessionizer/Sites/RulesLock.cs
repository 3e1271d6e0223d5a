using System.Text;
using Npgsql;
using SessionPlatform.Database;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Sites;

/// <summary>
/// Keeps a change of a site's rules and the batches that apply them apart: batches share the lock, a change has it for
/// itself, until the end of the transaction. So no batch stores sessions by rules that ended before it committed.
/// </summary>
internal static class RulesLock
{
    // Sites share a few locks: a batch of many sites must not fill the server's table of locks.
    private const int Locks = 64;

    private const string Share = "SELECT pg_advisory_xact_lock_shared($1, bucket) FROM unnest($2::int[]) AS bucket";

    private const string Take = "SELECT pg_advisory_xact_lock($1, $2)";

    /// <summary>Adds the statement that shares the locks of sites; it has one result.</summary>
    public static void AddShared(NpgsqlBatch batch, IEnumerable<string> siteIds) =>
        // In order, as everybody takes them.
        batch.Add(Share, AdvisoryLocks.SiteRulesClass, siteIds.Select(LockOf).Distinct().Order().ToArray());

    /// <summary>Adds the statement that takes the lock of a site for itself; it has one result.</summary>
    public static void AddExclusive(NpgsqlBatch batch, string siteId) =>
        batch.Add(Take, AdvisoryLocks.SiteRulesClass, LockOf(siteId));

    private static int LockOf(string siteId)
    {
        var hash = 0u;
        foreach (var value in Encoding.UTF8.GetBytes(siteId))
            hash = (hash ^ value) * 16777619;
        return (int)(hash % Locks);
    }
}
