using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SessionPlatform.Funnel.Identity;

/// <summary>
/// Assigns consecutive numbers from 0 to persons, which it identifies by a 128-bit hash; about 40 bytes per person.
/// </summary>
internal sealed class PersonNumbers
{
    private readonly Dictionary<Guid, int> numbers = [];

    /// <summary>The number of persons.</summary>
    public int Count => numbers.Count;

    /// <summary>Returns the number of a person, and assigns one at the first call.</summary>
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
