using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Ingestion;
using SessionPlatform.Ingestion.Grpc;
using SessionPlatform.ServiceDefaults;
using SessionPlatform.Access;
using SessionPlatform.Messaging;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddAccess();
builder.AddRemoteDirectories();
builder.AddPlatformBus(bus => bus
    .AddPartitionRoute<EventsAccepted>("sessionizer-events")
    .AddQueueRoute<EventsRejected>("sessionizer-rejects"));
builder.AddIngestion();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGrpcService<IngestionService>();
app.Run();
