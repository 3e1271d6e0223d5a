using System.Text.RegularExpressions;

namespace SessionPlatform.Tidy.Tests;

/// <summary>The folders of a service form no cycle: each uses only folders that stand before it in a list.</summary>
public sealed partial class FolderOrderTests
{
    // Per service, from the lowest folder to the highest. The folder of the project itself, with Program.cs and the
    // composition, comes after all of them.
    private static readonly Dictionary<string, string[]> Orders = new()
    {
        ["Funnel"] =
        [
            "Periods", "Database", "Documents", "Identity", "Segments", "Funnels/Attempts", "Funnels", "Configuration",
            "Columns", "Filtering", "Applying", "Results", "Recounting", "Auditing", "Previewing",
            "Reports/Metrics/Counting", "Reports/Metrics", "Reports/Journeys", "Reports/Retention",
            "Reports/Attribution", "Reports/FunnelReports/Counting", "Reports/FunnelReports/Scanning",
            "Reports/FunnelReports/Explaining", "Reports/FunnelReports", "Grpc", "Consumers",
        ],
        ["Ingestion"] =
        [
            "Telemetry", "UserAgents", "Configuration", "Enrichment", "Steps", "Requests", "Buffers", "Intake", "Grpc",
        ],
        ["Query"] = ["Configuration", "Backends", "Forwarding", "Waiting", "Auditing", "Reporting", "Grpc"],
    };

    public static TheoryData<string> Services => [.. Orders.Keys];

    [Theory]
    [MemberData(nameof(Services))]
    public void Every_folder_of_a_service_is_in_its_list(string service) =>
        Assert.Equal(
            Orders[service].Order(StringComparer.Ordinal),
            SourcesOf(service).Select(source => source.Folder).Where(folder => folder.Length > 0).Distinct()
                .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Services))]
    public void Namespaces_are_named_after_folders(string service) =>
        Assert.Empty(
            from source in SourcesOf(service)
            let name = Namespace().Match(source.Text)
            where name.Success && name.Groups[1].Value != NamespaceOf(service, source.Folder)
            select $"{source.Name}: {name.Groups[1].Value}");

    [Theory]
    [MemberData(nameof(Services))]
    public void A_folder_uses_only_folders_before_it(string service)
    {
        var sources = SourcesOf(service);
        var types = sources.SelectMany(TypesOf).ToLookup(type => type.Folder, type => type.Name);

        Assert.Empty(
            from source in sources
            from later in Orders[service].Append("").SkipWhile(folder => folder != source.Folder).Skip(1)
            from use in UsesOf(source, service, later, [.. types[later]])
            select $"{source.Name} uses {use} of the later folder {(later.Length > 0 ? later : "of the project")}");
    }

    private static IEnumerable<string> UsesOf(Source source, string service, string folder, string[] types)
    {
        var name = NamespaceOf(service, folder);
        foreach (Match import in Import().Matches(source.Text))
        {
            var used = import.Groups[1].Value;
            if (used == name || types.Any(type => $"{used}.".StartsWith($"{name}.{type}.", StringComparison.Ordinal)))
                yield return used;
        }

        // Types of the enclosing folders are seen without an import, those of any folder by a part of its namespace.
        var isEnclosing = folder.Length == 0 || source.Folder.StartsWith($"{folder}/", StringComparison.Ordinal);
        foreach (var type in types)
        {
            var qualified = $@"\b{Regex.Escape(name[(name.LastIndexOf('.') + 1)..])}\.{type}\b";
            if (Regex.IsMatch(source.Code, qualified)
                || (isEnclosing && Regex.IsMatch(source.Code, $@"(?<!\.)\b{type}\b")))
            {
                yield return type;
            }
        }
    }

    private static IEnumerable<(string Folder, string Name)> TypesOf(Source source) =>
        TypeDeclaration().Matches(source.Code).Select(type => (source.Folder, type.Groups[1].Value));

    private static string NamespaceOf(string service, string folder) =>
        $"SessionPlatform.{service}{(folder.Length > 0 ? "." : "")}{folder.Replace('/', '.')}";

    private static List<Source> SourcesOf(string service)
    {
        var root = Path.Combine(TidyTests.Root, "services", service);
        return
        [
            .. from file in TidyTests.Sources(root)
               let path = Path.GetRelativePath(root, file)
               let folder = Path.GetDirectoryName(path)!.Replace(Path.DirectorySeparatorChar, '/')
               select new Source(path, folder, File.ReadAllText(file)),
        ];
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^(?:global )?using (?:static )?(?:\w+ = )?(SessionPlatform\.[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex(
        @"^(?:(?:public|internal|file|sealed|static|abstract|partial|readonly|ref) )*"
        + @"(?:class|struct|interface|enum|record(?: struct| class)?|delegate [\w<>\[\],? ]+?) (\w+)",
        RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    private sealed partial record Source(string Name, string Folder, string Text)
    {
        /// <summary>The text without imports and comments.</summary>
        public string Code { get; } = NoCode().Replace(Text, "");

        [GeneratedRegex(@"^\s*//.*$|^using .*$", RegexOptions.Multiline)]
        private static partial Regex NoCode();
    }
}
