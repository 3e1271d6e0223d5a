// Small models of real processes; the tests run this program and read what it prints.
var builder = DistributedApplication.CreateBuilder(args);
builder.Configuration["Aspire:Store:Path"] = builder.Configuration["state"];

switch (builder.Configuration["model"])
{
    case "contract":
        AddContract();
        break;
    case "failure":
        var broken = Shell("broken", "echo the reason; echo the details >&2; exit 3");
        Shell("dependent", "echo must not run").WaitFor(broken).WaitForCompletion(broken);
        Shell("bystander", "echo runs all the same; sleep 1000");
        break;
    default:
        AddTree();
        break;
}

builder.Build().Run();

void AddContract()
{
    var password = builder.AddParameter("password", "hush", secret: true);
    var database = builder.AddConnectionString("database", ReferenceExpression.Create($"Host=here;Password={password}"));
    var migration = Shell("migration", "sleep 0.5; echo migrated").WaitFor(database);
    var service = builder.AddProject<Projects.TestService>("service")
        .WithReference(database)
        .WithReplicas(2)
        .WaitForCompletion(migration)
        .WithHttpHealthCheck("/health", endpointName: "http");
    Shell("client", "env | grep -E '^(services__|ConnectionStrings__|Password|Address|Text)'; sleep 1000")
        .WithReference(service)
        .WithReference(database, connectionName: "renamed")
        .WithEnvironment("Password", password)
        .WithEnvironment("Address", service.GetEndpoint("grpc"))
        .WithEnvironment("Text", () => "late")
        .WaitFor(service);
}

// A server with a daemon that has left its session, and two layers of services above it.
void AddTree()
{
    const string SayGoodbye = "trap 'echo goodbye; exit 0' TERM; echo up; while :; do sleep 0.05; done";
    var server = Shell("server", $"setsid sleep 1000 & {SayGoodbye}");
    var middle = Shell("middle", SayGoodbye).WaitFor(server);
    Shell("outer", SayGoodbye).WaitFor(middle);
    builder.AddProject<Projects.TestService>("service").WaitFor(middle)
        .WithHttpHealthCheck("/health", endpointName: "http");
}

IResourceBuilder<ExecutableResource> Shell(string name, string script) =>
    builder.AddExecutable(name, "bash", ".", "-c", script);
