using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace SessionPlatform.Messaging;

/// <summary>Finds the checkpoint markers among messages.</summary>
internal static class Checkpoints
{
    private const string Field = "checkpoint_id";

    private static readonly ConcurrentDictionary<MessageDescriptor, IFieldAccessor?> Accessors = [];

    /// <summary>Returns the id of the checkpoint that a message marks; empty when the message is no marker.</summary>
    public static string IdOf(IMessage message)
    {
        var accessor = Accessors.GetOrAdd(
            message.Descriptor, descriptor => descriptor.FindFieldByName(Field)?.Accessor);
        return accessor?.GetValue(message) as string ?? "";
    }
}
