using Google.Protobuf;
using Grpc.Core;

namespace SessionPlatform.Access;

/// <summary>Lets a call pass, or throws the error that refuses it.</summary>
/// <param name="context">The call; its caller is authenticated.</param>
/// <param name="request">The request; null where the client sends a stream, or a type of its own.</param>
/// <exception cref="RpcException">PERMISSION_DENIED, or INVALID_ARGUMENT where the request names no site.</exception>
internal delegate void AccessRule(ServerCallContext context, IMessage? request);
