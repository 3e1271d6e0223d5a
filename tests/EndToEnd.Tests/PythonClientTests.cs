using System.Diagnostics;
using System.Text.Json.Nodes;
using SessionPlatform.EndToEnd.Tests.Suites;

namespace SessionPlatform.EndToEnd.Tests;

/// <summary>The official gRPC client for Python, with stubs made by Debian's protoc.</summary>
[Collection(SuiteCollection.Name)]
public sealed class PythonClientTests(Suite suite)
{
    private const string Site = "python";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    [PythonFact]
    public async Task Official_python_client_tracks_streams_and_asks()
    {
        await suite.CreateSiteAsync(Site);
        var answer = await RunClientAsync(await GenerateStubsAsync());

        AssertJson("""{"code":"OK","accepted":[true,false],"fields":["visitor_id"]}""", answer["track"]);
        AssertJson("""[["python",1],["python-stream",3]]""", answer["sessions"]);
        Assert.Equal("DONE", (string?)answer["wait"]);

        var stream = answer["stream"]!;
        Assert.Equal("OK", (string?)stream["code"]);
        Assert.Equal(3, (int)stream["durable_through"]!.AsArray()[^1]!);
        Assert.Equal(3, (int)stream["accepted"]!);
        AssertJson("""[[1,1],[2,1],[3,1]]""", stream["rejects"]);

        AssertFailure(answer["no_key"], "UNAUTHENTICATED");
        AssertFailure(answer["wrong_key"], "UNAUTHENTICATED");
        AssertFailure(answer["stream_wrong_key"], "UNAUTHENTICATED");
        AssertFailure(answer["other_site"], "PERMISSION_DENIED");
        AssertFailure(answer["too_many"], "INVALID_ARGUMENT", "events");
        AssertFailure(answer["page_too_large"], "INVALID_ARGUMENT", "page_size");
    }

    private static void AssertFailure(JsonNode? failure, string code, params string[] fields)
    {
        Assert.Equal(code, (string?)failure!["code"]);
        Assert.NotEmpty((string?)failure["details"] ?? "");
        Assert.Equal(fields, failure["fields"]!.AsArray().Select(field => (string?)field));
    }

    private static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"{actual?.ToJsonString()} is not {expected}");

    private async Task<string> GenerateStubsAsync()
    {
        var stubs = Path.GetDirectoryName(suite.NewFile("stubs"))!;
        var protos = Path.Combine(Repository.Root, "protos");
        var own = Path.Combine(Repository.Root, "tests", "EndToEnd.Tests", "Python");
        var start = new ProcessStartInfo("/usr/bin/protoc",
        [
            $"-I{protos}", $"-I{own}", $"-I{Repository.ProtoImports}",
            $"--python_out={stubs}", $"--grpc_python_out={stubs}",
            "--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin",
            "rpc_status.proto",
            .. Directory.EnumerateFiles(protos, "*.proto", SearchOption.AllDirectories)
                .Where(file => file.Contains("v1", StringComparison.Ordinal))
                .Select(file => Path.GetRelativePath(protos, file)),
        ]);
        (await ProcessResult.RunAsync(start, Longest)).Succeeded();
        return stubs;
    }

    private async Task<JsonNode> RunClientAsync(string stubs)
    {
        var start = new ProcessStartInfo(PythonFactAttribute.Interpreter,
        [
            Path.Combine(Repository.Root, "tests", "EndToEnd.Tests", "Python", "client.py"),
            stubs, HostAndPort("ingestion"), HostAndPort("query"),
            Site, suite.KeyOf(Site, "ingest"), suite.KeyOf(Site, "read"),
        ]);
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        return JsonNode.Parse((await ProcessResult.RunAsync(start, Longest)).Succeeded())!;
    }

    private string HostAndPort(string service) => new Uri(suite.Address(service)).Authority;
}
