namespace SessionPlatform.Contracts;

/// <summary>
/// A message whose parts are passed on as they came, so that nobody has to encode again what arrived encoded.
/// </summary>
public interface IEncodedParts
{
    /// <summary>Tells the message what it was read from. The bytes must not change afterwards.</summary>
    /// <param name="encoded">The whole message.</param>
    void KeepEncoded(ReadOnlyMemory<byte> encoded);
}
