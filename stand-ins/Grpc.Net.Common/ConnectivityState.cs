namespace Grpc.Core;

/// <summary>Where a channel stands with its server.</summary>
public enum ConnectivityState
{
    Idle,
    Connecting,
    Ready,
    TransientFailure,
    Shutdown,
}
