using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace SessionPlatform.ServiceDefaults.Grpc;

/// <summary>The rich error model: <c>google.rpc.Status</c> in the trailer <c>grpc-status-details-bin</c>.</summary>
public static class StatusDetails
{
    /// <summary>The trailer that every gRPC library with rich errors reads.</summary>
    public const string Trailer = "grpc-status-details-bin";

    /// <summary>An error that carries <paramref name="details"/> besides its message.</summary>
    public static RpcException Error(StatusCode code, string message, params ReadOnlySpan<IMessage> details)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        foreach (var detail in details)
            status.Details.Add(Any.Pack(detail));
        return new RpcException(new Status(code, message), new Metadata { { Trailer, status.ToByteArray() } });
    }

    /// <summary>
    /// The first detail of type <typeparamref name="T"/> that the server sent; null when there is none.
    /// </summary>
    public static T? Detail<T>(this RpcException error)
        where T : class, IMessage<T>, new()
    {
        ArgumentNullException.ThrowIfNull(error);
        if (error.Trailers.GetValueBytes(Trailer) is not { } bytes)
            return null;
        foreach (var detail in Google.Rpc.Status.Parser.ParseFrom(bytes).Details)
        {
            if (detail.TryUnpack<T>(out var found))
                return found;
        }

        return null;
    }
}
