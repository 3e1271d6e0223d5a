using Grpc.Core;
using Google.Protobuf;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Ingestion.Requests;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Ingestion.Grpc;

/// <summary>
/// The service <c>sessionplatform.ingestion.v1.Ingestion</c> as the contract defines it, but for one thing: requests
/// arrive with their events unread. The generated base class cannot do that, since it reads a request as a whole.
/// </summary>
[BindServiceMethod(typeof(IngestionServiceBase), nameof(BindService))]
internal abstract class IngestionServiceBase
{
    private const string ServiceName = "sessionplatform.ingestion.v1.Ingestion";

    private static readonly Method<RawBatch, TrackResponse> TrackMethod = new(
        MethodType.Unary, ServiceName, nameof(Track), Requests(RawBatch.ReadTrackRequest), Messages<TrackResponse>());

    private static readonly Method<RawBatch, TrackStreamResponse> TrackStreamMethod = new(
        MethodType.DuplexStreaming, ServiceName, nameof(TrackStream),
        Requests(RawBatch.ReadTrackStreamRequest), Messages<TrackStreamResponse>());

    private static readonly Method<PlaceCheckpointRequest, PlaceCheckpointResponse> PlaceCheckpointMethod = new(
        MethodType.Unary, ServiceName, nameof(PlaceCheckpoint),
        Messages<PlaceCheckpointRequest>(), Messages<PlaceCheckpointResponse>());

    /// <summary>Names the methods to the server, which finds the handlers by name and types.</summary>
    public static void BindService(ServiceBinderBase binder, IngestionServiceBase? service)
    {
        binder.AddMethod(TrackMethod, service is null
            ? null
            : new UnaryServerMethod<RawBatch, TrackResponse>(service.Track));
        binder.AddMethod(TrackStreamMethod, service is null
            ? null
            : new DuplexStreamingServerMethod<RawBatch, TrackStreamResponse>(service.TrackStream));
        binder.AddMethod(PlaceCheckpointMethod, service is null
            ? null
            : new UnaryServerMethod<PlaceCheckpointRequest, PlaceCheckpointResponse>(service.PlaceCheckpoint));
    }

    /// <summary>See the contract.</summary>
    public abstract Task<TrackResponse> Track(RawBatch request, ServerCallContext context);

    /// <summary>See the contract.</summary>
    public abstract Task TrackStream(
        IAsyncStreamReader<RawBatch> requestStream,
        IServerStreamWriter<TrackStreamResponse> responseStream,
        ServerCallContext context);

    /// <summary>See the contract.</summary>
    public abstract Task<PlaceCheckpointResponse> PlaceCheckpoint(
        PlaceCheckpointRequest request, ServerCallContext context);

    private static Marshaller<RawBatch> Requests(Func<byte[], RawBatch> read) => new(
        (_, _) => throw new NotSupportedException("Requests are only read."),
        context =>
        {
            try
            {
                return read(context.PayloadAsNewBuffer());
            }
            catch (InvalidDataException exception)
            {
                throw GrpcErrors.InvalidArgument("", exception.Message);
            }
        });

    private static Marshaller<T> Messages<T>()
        where T : IMessage<T>, IBufferMessage, new()
    {
        var parser = new MessageParser<T>(() => new T());
        return new Marshaller<T>(
            (message, context) =>
            {
                context.SetPayloadLength(message.CalculateSize());
                message.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            context => parser.ParseFrom(context.PayloadAsReadOnlySequence()));
    }
}
