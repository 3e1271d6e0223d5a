using System.Runtime.Serialization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using SessionPlatform.Contracts;

namespace SessionPlatform.Messaging;

/// <summary>The message types that this service sends or receives, with their routes.</summary>
internal sealed class MessageCatalog
{
    private readonly Dictionary<string, MessageRoutes> byName = new(StringComparer.Ordinal);

    public IEnumerable<MessageRoutes> All => byName.Values;

    public void Add<T>(string queue, bool partitioned)
        where T : class, IMessage<T>, new()
    {
        var descriptor = new T().Descriptor;
        if (!byName.TryGetValue(descriptor.FullName, out var routes))
            byName.Add(descriptor.FullName, routes = new MessageRoutes<T>(descriptor, partitioned));
        if (routes.Partitioned != partitioned)
            throw new InvalidOperationException($"{descriptor.FullName} is partitioned for all queues or none.");
        routes.Queues.Add(queue);
    }

    /// <summary>Returns the routes of a message type.</summary>
    /// <exception cref="InvalidOperationException">The type has no route.</exception>
    public MessageRoutes RoutesOf(MessageDescriptor descriptor) =>
        byName.TryGetValue(descriptor.FullName, out var routes)
            ? routes
            : throw new InvalidOperationException(
                $"{descriptor.FullName} has no route: name its queue in AddPlatformBus(bus => bus.Add…Route).");

    /// <summary>Parses a message.</summary>
    /// <exception cref="SerializationException">The service receives no message of this name.</exception>
    public IMessage Parse(string name, byte[] bytes)
    {
        if (!byName.TryGetValue(name, out var routes))
            throw new SerializationException($"This service receives no message '{name}'.");
        var message = routes.Descriptor.Parser.ParseFrom(bytes);
        if (message is IEncodedParts parts)
            parts.KeepEncoded(bytes);
        return message;
    }
}
