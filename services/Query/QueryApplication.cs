using SessionPlatform.Query.Backends;
using SessionPlatform.Query.Grpc;
using SessionPlatform.ServiceDefaults;
using SessionPlatform.Access;

namespace SessionPlatform.Query;

/// <summary>The service, wired; tests run it as the program does.</summary>
internal static class QueryApplication
{
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.AddAccess();
        builder.AddRemoteDirectories();
        builder.AddBackends();
        builder.Services.AddGrpc(options => options.Interceptors.Add<AccessInterceptor>());

        var app = builder.Build();
        app.MapGrpcService<QueryService>();
        app.MapGrpcService<JobsService>();
        app.MapDefaultEndpoints();
        return app;
    }
}
