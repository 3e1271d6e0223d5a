using SessionPlatform.Query.Backends;
using SessionPlatform.Query.Grpc;
using SessionPlatform.ServiceDefaults;
using SessionPlatform.ServiceDefaults.Access;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddAccess();
builder.AddRemoteDirectories();
builder.AddBackends();
builder.Services.AddGrpc(options => options.Interceptors.Add<AccessInterceptor>());

var app = builder.Build();
app.MapGrpcService<QueryService>();
app.MapDefaultEndpoints();
app.Run();
