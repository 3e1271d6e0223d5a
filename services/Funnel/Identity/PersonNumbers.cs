using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SessionPlatform.Funnel.Identity;

/// <summary>Numbers persons from 0 on: some 40 bytes for each, who is known by 128 bits of a hash.</summary>
internal sealed class PersonNumbers
{
    private readonly Dictionary<Guid, int> numbers = [];

    /// <summary>How many there are.</summary>
    public int Count => numbers.Count;

    public int NumberOf(string person)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(person.AsSpan()), hash);
        var key = new Guid(hash[..16]);
        if (!numbers.TryGetValue(key, out var number))
            numbers[key] = number = numbers.Count;
        return number;
    }
}
