using System.Collections.Concurrent;
using Grpc.Core;

namespace SessionPlatform.Access;

/// <summary>
/// Caches the answers of a remote directory for 5 s, and up to an hour longer while the directory is unavailable. The
/// absence of a name is cached for 2 s. Concurrent lookups of a name share one request (single-flight).
/// </summary>
internal sealed class DirectoryCache<T>(Func<string, CancellationToken, Task<T?>> load, TimeProvider time)
    where T : class
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FreshAbsence = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Stale = TimeSpan.FromHours(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);
    // Long enough for a Sessionizer that has only just started on a busy machine; one that is down refuses at once.
    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(10);

    // Anyone can ask for absent names, so they are kept apart: a flood of them evicts no real entry.
    private const int MaxEntries = 10_000;

    private readonly ConcurrentDictionary<string, Entry> present = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> absent = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<T?>>> loading = new(StringComparer.Ordinal);

    public async ValueTask<T?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (present.TryGetValue(name, out var entry) && now < entry.ExpiresAt)
            return entry.Value;
        if (absent.TryGetValue(name, out var until) && now < until)
            return null;

        try
        {
            // Other callers share the request, so the cancellation of this caller ends only its own wait.
            return await loading.GetOrAdd(name, Start).Value.WaitAsync(cancellationToken);
        }
        catch (RpcException exception) when (
            IsUnavailable(exception) && entry is not null && now - entry.LoadedAt < Stale)
        {
            present[name] = entry with { ExpiresAt = now + PauseAfterFailure };
            return entry.Value;
        }
    }

    private Lazy<Task<T?>> Start(string name) => new(() => LoadAsync(name));

    private async Task<T?> LoadAsync(string name)
    {
        try
        {
            using var timeout = new CancellationTokenSource(LoadTimeout, time);
            var value = await load(name, timeout.Token);
            Store(name, value);
            return value;
        }
        finally
        {
            loading.TryRemove(name, out _);
        }
    }

    private void Store(string name, T? value)
    {
        var now = time.GetUtcNow();
        if (value is null)
        {
            present.TryRemove(name, out _);
            Evict(absent, until => until <= now);
            absent[name] = now + FreshAbsence;
            return;
        }

        absent.TryRemove(name, out _);
        Evict(present, entry => now - entry.LoadedAt > Fresh);
        present[name] = new Entry(value, now, now + Fresh);
    }

    private static void Evict<TValue>(ConcurrentDictionary<string, TValue> entries, Func<TValue, bool> isOld)
    {
        if (entries.Count < MaxEntries)
            return;
        foreach (var (name, value) in entries)
        {
            if (isOld(value))
                entries.TryRemove(name, out _);
        }

        if (entries.Count >= MaxEntries)
            entries.Clear();
    }

    private static bool IsUnavailable(RpcException exception) => exception.StatusCode
        is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.Internal;

    private sealed record Entry(T Value, DateTimeOffset LoadedAt, DateTimeOffset ExpiresAt);
}
