using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace SessionPlatform.Database;

/// <summary>One numbered SQL file, embedded in a service as <c>Storage/Migrations/NNNN_name.sql</c>.</summary>
internal sealed record Migration(int Version, string Name, string Sql)
{
    private const string Folder = ".Migrations.";

    /// <summary>SHA-256 of the file, which detects changes after it was applied. Line ends do not count.</summary>
    public string Checksum { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>Returns all migrations of an assembly by version: 1, 2, 3 … without a gap.</summary>
    public static IReadOnlyList<Migration> In(Assembly assembly)
    {
        var migrations = assembly.GetManifestResourceNames()
            .Where(name => name.Contains(Folder, StringComparison.Ordinal)
                && name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name => Read(assembly, name))
            .OrderBy(migration => migration.Version)
            .ToArray();
        for (var index = 0; index < migrations.Length; index++)
        {
            if (migrations[index].Version != index + 1)
            {
                throw new InvalidOperationException(
                    $"Migration {index + 1} is missing or exists twice in {assembly.GetName().Name}.");
            }
        }

        return migrations;
    }

    private static Migration Read(Assembly assembly, string resource)
    {
        var start = resource.LastIndexOf(Folder, StringComparison.Ordinal) + Folder.Length;
        var name = resource[start..^".sql".Length];
        // A folder whose name starts with a digit would get an underscore in front; a file does not.
        var number = name.Split('_', 2)[0];
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            throw new InvalidOperationException($"The migration '{name}' must be called NNNN_name.sql.");

        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return new Migration(version, name, reader.ReadToEnd());
    }
}
