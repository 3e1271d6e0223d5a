namespace SessionPlatform.Contracts;

/// <summary>
/// A message that keeps the encoded bytes of its parts, so that they can be passed on without being encoded again.
/// </summary>
public interface IEncodedParts
{
    /// <summary>Sets the bytes that the message was parsed from. They must not change afterwards.</summary>
    /// <param name="encoded">The whole encoded message.</param>
    void KeepEncoded(ReadOnlyMemory<byte> encoded);
}
