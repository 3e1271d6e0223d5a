using SessionPlatform.AppHost;

var builder = DistributedApplication.CreateBuilder(args);
var state = LocalState.Of(builder);

var platformKey = builder.AddParameter("platform-key", state.Secret("platform-key"), secret: true);

var servers = Servers.AddTo(builder, state);
var sessions = servers.AddDatabase("sessions");
var funnels = servers.AddDatabase("funnels");
var messaging = servers.AddMessaging("messaging");

var sessionizer = builder.AddProject<Projects.Sessionizer>("sessionizer")
    .WithReference(sessions).WaitFor(sessions)
    .WithReference(messaging).WaitFor(messaging)
    .WithEnvironment("Platform__Key", platformKey)
    .WithHttpHealthCheck("/health", endpointName: "http");

var funnel = builder.AddProject<Projects.Funnel>("funnel")
    .WithReference(funnels).WaitFor(funnels)
    .WithReference(messaging).WaitFor(messaging)
    .WithReference(sessionizer)
    .WithEnvironment("Platform__Key", platformKey)
    .WithHttpHealthCheck("/health", endpointName: "http");

var ingestion = builder.AddProject<Projects.Ingestion>("ingestion")
    .WithReference(messaging).WaitFor(messaging)
    .WithReference(sessionizer).WaitFor(sessionizer)
    .WithEnvironment("Platform__Key", platformKey)
    .WithHttpHealthCheck("/health", endpointName: "http");

var query = builder.AddProject<Projects.SessionPlatform_Query>("query")
    .WithReference(sessionizer).WaitFor(sessionizer)
    .WithReference(funnel).WaitFor(funnel)
    .WithReference(ingestion)
    .WithEnvironment("Platform__Key", platformKey)
    .WithHttpHealthCheck("/health", endpointName: "http");

// Tells the command line, which is no part of the application, where the services are.
builder.AddExecutable("addresses", "bash", builder.AppHostDirectory, "write-addresses.sh", state.AddressesFile)
    .WithReference(ingestion).WithReference(sessionizer).WithReference(funnel).WithReference(query)
    .WithEnvironment("PLATFORM_KEY", platformKey)
    .WithEnvironment("DASHBOARD", state.Dashboard);

builder.Build().Run();
