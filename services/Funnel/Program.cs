using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel;
using SessionPlatform.Funnel.Attributing;
using SessionPlatform.Funnel.Auditing;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Consumers;
using SessionPlatform.Funnel.FunnelReports;
using SessionPlatform.Funnel.Grpc;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Journeys;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Recounting;
using SessionPlatform.Funnel.Retention;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.ServiceDefaults;
using SessionPlatform.ServiceDefaults.Access;
using SessionPlatform.ServiceDefaults.Bus;
using SessionPlatform.ServiceDefaults.Migrations;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddNpgsqlDataSource("funnels");
builder.AddMigrations(typeof(Program).Assembly);
builder.AddAccess();
builder.AddRemoteDirectories();
builder.AddPlatformBus(bus =>
    bus.AddPartitionConsumer<SessionsPublishedConsumer, SessionsPublished>(SessionsPublishedConsumer.Queue));
builder.Services.AddGrpc(options => options.Interceptors.Add<AccessInterceptor>());

builder.Services.AddOptions<FunnelOptions>()
    .BindConfiguration(FunnelOptions.Section).ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddSingleton<Configurations>();
builder.Services.AddSingleton<Applier>();
builder.Services.AddSingleton<FunnelVisitors>();
builder.Services.AddSingleton<FunnelResults>();
builder.Services.AddSingleton<DayTotalsReader>();
builder.Services.AddSingleton<CheckpointLog>();
builder.Services.AddSingleton<ICheckpointLog>(services => services.GetRequiredService<CheckpointLog>());
builder.Services.AddSingleton<RecountSignal>();
builder.AddJobs();
builder.AddColumns();
builder.Services.AddHostedService(services => services.GetRequiredService<ColumnKeeper>());
builder.AddMetrics();
builder.AddIdentity();
builder.AddRetention();
builder.AddAttribution();
builder.AddJourneys();
builder.AddFunnelReports();

var app = builder.Build();
app.MapGrpcService<FunnelsService>();
app.MapGrpcService<MetricsService>();
app.MapGrpcService<IdentityService>();
app.MapGrpcService<RetentionService>();
app.MapGrpcService<AttributionService>();
app.MapGrpcService<JobsService>();
app.MapGrpcService<JourneysService>();
app.MapDefaultEndpoints();
await app.RunAsync();
