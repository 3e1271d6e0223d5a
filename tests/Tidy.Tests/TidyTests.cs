using System.Text.RegularExpressions;

namespace SessionPlatform.Tidy.Tests;

/// <summary>Tests the rules that hold for all source files.</summary>
public sealed partial class TidyTests
{
    private const int MostLines = 300;

    // Folders of pure functions, which tests and audits can run on any input.
    private static readonly string[] PureFolders =
    [
        "services/Sessionizer/Sessions", "services/Ingestion/Steps", "services/Ingestion/Enrichment",
        "services/Funnel/Funnels", "services/Funnel/Contributions", "services/Funnel/FunnelReports/Attempts",
        "services/Funnel/FunnelReports/Counting", "services/Funnel/FunnelReports/Explaining", "Oracle",
    ];

    // Namespaces, or names that occur only in them.
    private static readonly string[] Impure =
        ["Npgsql", "MassTransit", "RabbitMQ", "Microsoft.Extensions.Logging", "ILogger", "TimeProvider", "async Task"];

    private static readonly string Root = FindRoot();

    public static TheoryData<string> Pure => [.. PureFolders];

    [Theory]
    [MemberData(nameof(Pure))]
    public void Pure_code_knows_no_database_bus_log_clock_or_task(string folder)
    {
        var sources = Sources(folder).ToList();

        Assert.NotEmpty(sources);
        Assert.Empty(
            from file in sources
            from word in Impure
            where File.ReadAllText(file).Contains(word, StringComparison.Ordinal)
            select $"{Name(file)}: {word}");
    }

    [Fact]
    public void The_time_comes_from_a_TimeProvider() =>
        Assert.Empty(Sources("services").Concat(Sources("ServiceDefaults"))
            .Where(file => LocalClock().IsMatch(File.ReadAllText(file)))
            .Select(Name));

    [Fact]
    public void No_source_file_is_longer_than_a_reader_likes() =>
        Assert.Empty(Sources(".").Where(file => File.ReadLines(file).Count() > MostLines).Select(Name));

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar)
                .Any(part => part is "bin" or "obj" or ".local"));

    private static string Name(string file) => Path.GetRelativePath(Root, file);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SessionPlatform.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside of the repository.");
        return folder.FullName;
    }

    [GeneratedRegex(@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b")]
    private static partial Regex LocalClock();
}
