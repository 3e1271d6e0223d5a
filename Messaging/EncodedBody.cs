namespace SessionPlatform.Messaging;

/// <summary>The encoded bytes of a message, attached to its send context so that it is not encoded again.</summary>
internal sealed record EncodedBody(byte[] Bytes);
