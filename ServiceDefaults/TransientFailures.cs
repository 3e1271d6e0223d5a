using System.Data.Common;
using System.Net.Sockets;
using Grpc.Core;

namespace SessionPlatform.ServiceDefaults;

/// <summary>Classifies exceptions: a transient failure passes by itself, any other one does not.</summary>
public static class TransientFailures
{
    /// <summary>Whether an exception or one of its causes is transient, so that a retry may succeed.</summary>
    public static bool Covers(Exception exception)
    {
        for (var current = exception; current is not null; current = current.InnerException)
        {
            if (IsTransient(current))
                return true;
        }

        return false;
    }

    private static bool IsTransient(Exception exception) => exception switch
    {
        DbException database => database.IsTransient || IsTransient(database.SqlState),
        RpcException rpc => rpc.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded,
        TransientException => true,
        TimeoutException or SocketException or IOException => true,
        _ => false,
    };

    // Connection lost, serialization failure or deadlock, out of resources, shut down by the operator, lock timeout.
    private static bool IsTransient(string? sqlState) =>
        sqlState is ['0', '8', ..] or ['4', '0', ..] or ['5', '3', ..] or "57P01" or "57P02" or "57P03" or "55P03";
}

/// <summary>The base class of exceptions after which a retry may succeed.</summary>
public abstract class TransientException(string message, Exception? innerException)
    : Exception(message, innerException);
