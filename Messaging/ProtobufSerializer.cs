using System.Diagnostics.CodeAnalysis;
using System.Net.Mime;
using System.Runtime.Serialization;
using Google.Protobuf;
using MassTransit;
using MassTransit.Serialization;

namespace SessionPlatform.Messaging;

/// <summary>
/// Serializes a message as its protobuf bytes without an envelope; a header names the type. MassTransit's JSON envelope
/// costs more than the work of the consumers.
/// </summary>
internal sealed class ProtobufSerializer(MessageCatalog catalog)
    : ISerializerFactory, IMessageSerializer, IMessageDeserializer, IObjectDeserializer
{
    /// <summary>Header with the full proto name of the message.</summary>
    public const string TypeHeader = "proto-message";

    public ContentType ContentType { get; } = new("application/x-protobuf");

    public IMessageSerializer CreateSerializer() => this;

    public IMessageDeserializer CreateDeserializer() => this;

    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class
    {
        if (context.Message is not IMessage message)
            throw new SerializationException($"{typeof(T)} is not a protobuf message.");
        context.Headers.Set(TypeHeader, message.Descriptor.FullName);
        return new BytesMessageBody(
            context.TryGetPayload<EncodedBody>(out var encoded) ? encoded.Bytes : message.ToByteArray());
    }

    public MessageBody GetMessageBody(string text) => throw new NotSupportedException("Bodies are bytes, not text.");

    public ConsumeContext Deserialize(ReceiveContext receiveContext) =>
        new BodyConsumeContext(
            receiveContext,
            Deserialize(receiveContext.Body, receiveContext.TransportHeaders, receiveContext.InputAddress));

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null)
    {
        var name = headers.Get<string>(TypeHeader)
            ?? throw new SerializationException($"The message has no header '{TypeHeader}'.");
        try
        {
            return new ProtobufContext(
                this,
                new RawMessageContext(headers, destinationAddress, RawSerializerOptions.CopyHeaders),
                catalog.Parse(name, body.GetBytes()));
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new SerializationException($"The body is not a valid {name}.", exception);
        }
    }

    public void Probe(ProbeContext context) => context.CreateScope("protobuf");

    // MassTransit calls these for values inside envelopes and headers, which this format does not have.
    public T? DeserializeObject<T>(object? value, T? defaultValue = default)
        where T : class => value as T ?? defaultValue;

    public T? DeserializeObject<T>(object? value, T? defaultValue = null)
        where T : struct => value is T typed ? typed : defaultValue;

    public MessageBody SerializeObject(object? value) =>
        throw new NotSupportedException("Only whole messages are serialized.");

    private sealed class ProtobufContext(ProtobufSerializer serializer, MessageContext context, IMessage message)
        : BaseSerializerContext(serializer, context, [MessageUrn.ForTypeString(message.GetType())])
    {
        public override bool TryGetMessage<T>([NotNullWhen(true)] out T? found)
            where T : class
        {
            found = message as T;
            return found is not null;
        }

        public override bool TryGetMessage(Type messageType, [NotNullWhen(true)] out object? found)
        {
            found = messageType.IsInstanceOfType(message) ? message : null;
            return found is not null;
        }

        public override IMessageSerializer GetMessageSerializer() => serializer;

        public override IMessageSerializer GetMessageSerializer<T>(MessageEnvelope envelope, T content) => serializer;

        public override IMessageSerializer GetMessageSerializer(object content, string[] messageTypes) => serializer;

        public override Dictionary<string, object> ToDictionary<T>(T? content)
            where T : class => throw new NotSupportedException("Messages are protobuf, not dictionaries.");
    }
}
