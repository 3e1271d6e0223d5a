using SessionPlatform.Access;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Database;
using SessionPlatform.Funnel;
using SessionPlatform.Funnel.Consumers;
using SessionPlatform.Messaging;
using SessionPlatform.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddNpgsqlDataSource("funnels");
builder.AddMigrations(typeof(Program).Assembly);
builder.AddAccess();
builder.AddRemoteDirectories();
builder.AddPlatformBus(bus =>
    bus.AddPartitionConsumer<SessionsPublishedConsumer, SessionsPublished>(SessionsPublishedConsumer.Queue));
builder.AddFunnel();
builder.AddBackgroundWork();

var app = builder.Build();
app.MapFunnel();
app.MapDefaultEndpoints();
await app.RunAsync();
