using System.Data.Common;
using System.Net.Sockets;
using Grpc.Core;

namespace SessionPlatform.ServiceDefaults;

/// <summary>Tells failures of the surroundings, which pass, from failures of a message, which do not.</summary>
public static class TransientFailures
{
    /// <summary>Whether the same work may succeed later, unchanged.</summary>
    public static bool Covers(Exception error)
    {
        for (var current = error; current is not null; current = current.InnerException)
        {
            if (IsTransient(current))
                return true;
        }

        return false;
    }

    private static bool IsTransient(Exception error) => error switch
    {
        DbException database => database.IsTransient || IsTransient(database.SqlState),
        RpcException rpc => rpc.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded,
        TransientException => true,
        TimeoutException or SocketException or IOException => true,
        _ => false,
    };

    // Connection lost, serialization failure or deadlock, resources short, shut down by the operator.
    private static bool IsTransient(string? sqlState) =>
        sqlState is ['0', '8', ..] or ['4', '0', ..] or ['5', '3', ..] or "57P01" or "57P02" or "57P03" or "55P03";
}

/// <summary>Base of exceptions after which the same work may succeed later, unchanged.</summary>
public abstract class TransientException(string message, Exception? innerException) : Exception(message, innerException);
