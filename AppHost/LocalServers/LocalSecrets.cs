using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace SessionPlatform.LocalServers;

/// <summary>Random secrets, made once and kept in <c>STATE/secrets/NAME</c>, readable by the owner alone.</summary>
public static partial class LocalSecrets
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The secret of this name: 32 hexadecimal digits, the same on every call with the same state.</summary>
    public static string GetOrCreate(string stateDirectory, string name)
    {
        if (!NamePattern().IsMatch(name))
            throw new ArgumentException("A secret's name is lower-case letters, digits and hyphens.", nameof(name));
        var folder = Path.Combine(stateDirectory, "secrets");
        Directory.CreateDirectory(stateDirectory);
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
            Create(path);
        return File.ReadAllText(path).Trim();
    }

    private static void Create(string path)
    {
        var draft = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        };
        using (var writer = new StreamWriter(draft, options))
            writer.WriteLine(RandomNumberGenerator.GetHexString(32, lowercase: true));
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first; its secret holds.
            File.Delete(draft);
        }
    }

    [GeneratedRegex("^[a-z0-9-]{1,64}$")]
    private static partial Regex NamePattern();
}
