using SessionPlatform.Access;
using SessionPlatform.Contracts.Events.V1;
using SessionPlatform.Ingestion;
using SessionPlatform.Messaging;

var builder = WebApplication.CreateBuilder(args);
builder.AddIngestion();
builder.AddRemoteDirectories();
builder.AddPlatformBus(bus => bus
    .AddPartitionRoute<EventsAccepted>("sessionizer-events")
    .AddQueueRoute<EventsRejected>("sessionizer-rejects"));

var app = builder.Build();
app.MapIngestion();
await app.RunAsync();
