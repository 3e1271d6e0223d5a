using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Sessionizer.Sites;

/// <summary>Makes the keys of sites. A secret is 32 random bytes; only its SHA-256 is ever stored.</summary>
internal static class SiteKeys
{
    private const int SecretBytes = 32;
    private const int KeyIdBytes = 6;

    /// <summary>A new key. The secret starts with the key id, so that people can tell keys apart.</summary>
    public static NewKey Create(IEnumerable<Key.Types.Scope> scopes, DateTimeOffset now)
    {
        var keyId = $"sp_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyIdBytes))}";
        return new()
        {
            Key = new() { KeyId = keyId, Scopes = { scopes }, CreatedAt = now.ToTimestamp() },
            Secret = $"{keyId}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}",
        };
    }

    /// <summary>What is stored and looked up instead of the secret.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
