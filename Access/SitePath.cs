using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Access;

/// <summary>
/// Reads the site that a request names. The path consists of proto names, for example <c>funnel.site_id</c>; a name of
/// a oneof stands for the member that is set.
/// </summary>
internal sealed class SitePath(string path)
{
    private readonly string[] names = path.Split('.');

    /// <summary>Returns the site id; empty when the request does not name a site.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: a oneof on the path has no member set.</exception>
    public string Read(IMessage? request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var message = request;
        for (var index = 0; index < names.Length - 1; index++)
        {
            var field = FieldOf(message, index);
            // An unset message is read as an empty one, so that a oneof in it is reported as missing.
            message = (IMessage?)field.Accessor.GetValue(message) ?? field.MessageType.Parser.ParseFrom([]);
        }

        return (string)FieldOf(message, names.Length - 1).Accessor.GetValue(message);
    }

    private FieldDescriptor FieldOf(IMessage message, int index)
    {
        var type = message.Descriptor;
        if (type.FindFieldByName(names[index]) is { } found)
            return found;
        var oneof = type.Oneofs.FirstOrDefault(oneof => oneof.Name == names[index])
            ?? throw new InvalidOperationException($"{type.FullName} has no field `{names[index]}`.");
        return oneof.Accessor.GetCaseFieldDescriptor(message)
            ?? throw GrpcErrors.InvalidArgument(
                string.Join('.', names[..(index + 1)]), $"must be one of {MembersOf(oneof)}");
    }

    private static string MembersOf(OneofDescriptor oneof)
    {
        var members = oneof.Fields.Select(field => $"`{field.Name}`").ToList();
        return $"{string.Join(", ", members[..^1])} and {members[^1]}";
    }
}
