namespace SessionPlatform.Messaging;

/// <summary>Travels with a message that is sent: its bytes, which are not made from it again.</summary>
internal sealed record EncodedBody(byte[] Bytes);
