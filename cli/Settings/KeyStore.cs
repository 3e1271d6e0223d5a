using System.Text.Json;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Settings;

/// <summary>
/// Stores the keys of sites created on this machine in <c>keys.json</c> of the state folder, readable by the owner
/// only: <c>{"shop": {"ingest": "…", "read": "…", "admin": "…"}}</c>.
/// </summary>
internal sealed class KeyStore(string stateFolder)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private readonly string file = Path.Combine(stateFolder, "keys.json");

    /// <summary>Returns the stored key with this scope, or the site's admin key, which has all permissions.</summary>
    public string? Find(string siteId, Key.Types.Scope scope)
    {
        if (!Load().TryGetValue(siteId, out var keys))
            return null;
        return keys.GetValueOrDefault(NameOf(scope)) ?? keys.GetValueOrDefault(NameOf(Key.Types.Scope.Admin));
    }

    /// <summary>Stores the key for each of its scopes and replaces the previous one.</summary>
    public void Store(string siteId, NewKey key) => Change(all =>
    {
        if (!all.TryGetValue(siteId, out var keys))
            all[siteId] = keys = new(StringComparer.Ordinal);
        foreach (var scope in key.Key.Scopes)
            keys[NameOf(scope)] = key.Secret;
    });

    /// <summary>Deletes every secret that begins with this key id.</summary>
    public void Forget(string siteId, string keyId) => Change(all =>
    {
        if (!all.TryGetValue(siteId, out var keys))
            return;
        foreach (var scope in keys.Where(key => key.Value.StartsWith(keyId, StringComparison.Ordinal)).ToArray())
            keys.Remove(scope.Key);
    });

    /// <summary>Returns the name of a scope: "ingest", "read" or "admin".</summary>
    public static string NameOf(Key.Types.Scope scope) => scope.ToString().ToLowerInvariant();

    private SortedDictionary<string, SortedDictionary<string, string>> Load()
    {
        if (!File.Exists(file))
            return new(StringComparer.Ordinal);
        try
        {
            return JsonSerializer.Deserialize<SortedDictionary<string, SortedDictionary<string, string>>>(
                File.ReadAllText(file)) ?? new(StringComparer.Ordinal);
        }
        catch (JsonException)
        {
            throw new CliException(
                $"{file} is not readable: move it away, and make new keys with ./sp key create SITE --scope read");
        }
    }

    // The lock prevents lost updates by concurrent commands; the rename makes the write atomic for readers.
    private void Change(Action<SortedDictionary<string, SortedDictionary<string, string>>> change)
    {
        Directory.CreateDirectory(stateFolder);
        using var exclusive = AcquireLock();
        var all = Load();
        change(all);
        var draft = file + ".new";
        File.Delete(draft);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using (var stream = new FileStream(draft, options))
            JsonSerializer.Serialize(stream, all, Json);
        File.Move(draft, file, overwrite: true);
    }

    private FileStream AcquireLock()
    {
        var giveUp = Environment.TickCount64 + 5_000;
        while (true)
        {
            try
            {
                return new FileStream(file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Environment.TickCount64 < giveUp)
            {
                // Another sp is writing its keys, which takes milliseconds.
                Thread.Sleep(20);
            }
        }
    }
}
