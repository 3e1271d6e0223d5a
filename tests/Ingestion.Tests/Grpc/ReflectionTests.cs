using Google.Protobuf.Reflection;
using Grpc.Reflection.V1Alpha;

namespace SessionPlatform.Ingestion.Tests.Grpc;

public sealed class ReflectionTests
{
    private const string Service = "sessionplatform.ingestion.v1.Ingestion";

    [Fact]
    public async Task Reflection_lists_the_ingestion_service_without_a_key()
    {
        await using var host = await IngestionHost.StartAsync();

        var response = await AskAsync(host, new ServerReflectionRequest { ListServices = "" });

        Assert.Contains(Service, response.ListServicesResponse.Service.Select(service => service.Name));
    }

    [Fact]
    public async Task Reflection_describes_every_method_of_the_ingestion_service()
    {
        await using var host = await IngestionHost.StartAsync();

        var response = await AskAsync(host, new ServerReflectionRequest { FileContainingSymbol = Service });

        var methods = response.FileDescriptorResponse.FileDescriptorProto
            .Select(FileDescriptorProto.Parser.ParseFrom)
            .SelectMany(file => file.Service)
            .Single(service => service.Name == "Ingestion")
            .Method.Select(method => method.Name);
        Assert.Equal(["Track", "TrackStream", "PlaceCheckpoint"], methods);
    }

    private static async Task<ServerReflectionResponse> AskAsync(IngestionHost host, ServerReflectionRequest request)
    {
        using var call = new ServerReflection.ServerReflectionClient(host.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(request);
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        return call.ResponseStream.Current;
    }
}
