using Google.Protobuf;
using Grpc.Core;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Ingestion.Requests;
using SessionPlatform.ServiceDefaults.Grpc;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace SessionPlatform.Ingestion.Grpc;

/// <summary>
/// The service <c>sessionplatform.ingestion.v1.Ingestion</c> as the contract defines it, with one difference: the
/// events of a request arrive as unparsed bytes. The generated base class cannot do that, since it parses a request as
/// a whole. The class is laid out as a generated one is: server reflection looks for the property <c>Descriptor</c> of
/// the class that declares the base of the service.
/// </summary>
internal static class IngestionContract
{
    /// <summary>The descriptor of the service, which server reflection publishes.</summary>
    public static ServiceDescriptor Descriptor => Contracts.Ingestion.V1.Ingestion.Descriptor;

    /// <summary>Base of the service's implementation.</summary>
    [BindServiceMethod(typeof(ServiceBase), nameof(BindService))]
    internal abstract class ServiceBase
    {
        private static readonly Method<RawBatch, TrackResponse> TrackMethod = new(
            MethodType.Unary, Descriptor.FullName, nameof(Track),
            Requests(RawBatch.ReadTrackRequest), Messages<TrackResponse>());

        private static readonly Method<RawBatch, TrackStreamResponse> TrackStreamMethod = new(
            MethodType.DuplexStreaming, Descriptor.FullName, nameof(TrackStream),
            Requests(RawBatch.ReadTrackStreamRequest), Messages<TrackStreamResponse>());

        private static readonly Method<PlaceCheckpointRequest, PlaceCheckpointResponse> PlaceCheckpointMethod = new(
            MethodType.Unary, Descriptor.FullName, nameof(PlaceCheckpoint),
            Messages<PlaceCheckpointRequest>(), Messages<PlaceCheckpointResponse>());

        /// <summary>Binds the methods of the service, as the generated class does.</summary>
        public static void BindService(ServiceBinderBase binder, ServiceBase? service)
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
            (_, _) => throw new NotSupportedException("Requests are only deserialized."),
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
}
