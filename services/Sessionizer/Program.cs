using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.ServiceDefaults;
using SessionPlatform.Access;
using SessionPlatform.Messaging;
using SessionPlatform.Database;
using SessionPlatform.Sessionizer;
using SessionPlatform.Sessionizer.Consumers;
using SessionPlatform.Sessionizer.Grpc;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddNpgsqlDataSource("sessions", configureDataSourceBuilder: SessionizerSetup.Configure);
builder.AddMigrations(typeof(Program).Assembly);
builder.AddAccess();
builder.AddPlatformBus(bus =>
{
    bus.AddPartitionConsumer<EventsAcceptedConsumer, EventsAccepted>("sessionizer-events");
    bus.AddPartitionRoute<SessionsPublished>("funnel-sessions");
    bus.AddQueueConsumer<EventsRejectedConsumer, EventsRejected>("sessionizer-rejects");
});
builder.AddSessionizer();
builder.Services.AddGrpc(options => options.Interceptors.Add<AccessInterceptor>());

var app = builder.Build();
app.MapGrpcService<SessionsService>();
app.MapGrpcService<SitesService>();
app.MapGrpcService<JobsService>();
app.MapDefaultEndpoints();
await app.RunAsync();
