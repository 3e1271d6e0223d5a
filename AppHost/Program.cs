using SessionPlatform.AppHost;

var options = LocalState.Options(args);
var builder = DistributedApplication.CreateBuilder(options);
var state = LocalState.Of(builder, options);
builder.AddResourceConsole(state);
builder.AddOrderedStop();

var platformKey = builder.AddParameter("platform-key", state.Secret("platform-key"), secret: true);

var servers = Servers.AddTo(builder, state);
var sessions = servers.AddDatabase("sessions");
var funnels = servers.AddDatabase("funnels");
var messaging = servers.AddMessaging("messaging");

var sessionizer = builder.AddProject<Projects.Sessionizer>("sessionizer")
    .AsService(state, platformKey)
    .WithReference(sessions).WaitFor(sessions)
    .WithReference(messaging).WaitFor(messaging);

var funnel = builder.AddProject<Projects.Funnel>("funnel")
    .AsService(state, platformKey)
    .WithReference(funnels).WaitFor(funnels)
    .WithReference(messaging).WaitFor(messaging)
    .WithReference(sessionizer);

var ingestion = builder.AddProject<Projects.Ingestion>("ingestion")
    .AsService(state, platformKey)
    .WithReference(messaging).WaitFor(messaging)
    .WithReference(sessionizer).WaitFor(sessionizer);

var query = builder.AddProject<Projects.Query>("query")
    .AsService(state, platformKey)
    .WithReference(sessionizer).WaitFor(sessionizer)
    .WithReference(funnel).WaitFor(funnel)
    .WithReference(ingestion);

// Tells the command line, which is no part of the application, where the services are.
builder.AddExecutable("addresses", "bash", builder.AppHostDirectory, "write-addresses.sh", state.AddressesFile)
    .WithReference(ingestion).WithReference(sessionizer).WithReference(funnel).WithReference(query)
    .WithEnvironment("PLATFORM_KEY", platformKey)
    .WithEnvironment("DASHBOARD", state.Dashboard);

builder.Build().Run();
