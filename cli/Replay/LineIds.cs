using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SessionPlatform.Cli.Replay;

/// <summary>
/// Event ids for lines that carry none: the version-8 UUID of SHA-256 over the line and its number among the lines of
/// the same content. A file that is replayed twice, or in another order, therefore has the same ids.
/// Uses 16-32 bytes of memory per line. See docs/decisions/0010-event-ids-of-replayed-lines.md.
/// </summary>
internal sealed class LineIds
{
    private readonly HashSet<ulong> seen = [];
    private readonly Dictionary<ulong, int> repeats = [];

    /// <summary>Returns the id of the next line with this content.</summary>
    public string Next(ReadOnlySpan<byte> line)
    {
        // Lines are counted by 64-bit hashes; even if two of a file collide, their ids differ.
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(line, hash);
        var number = NumberOf(BinaryPrimitives.ReadUInt64BigEndian(hash));

        Span<byte> numbered = stackalloc byte[SHA256.HashSizeInBytes + sizeof(int)];
        hash.CopyTo(numbered);
        BinaryPrimitives.WriteInt32BigEndian(numbered[SHA256.HashSizeInBytes..], number);
        SHA256.HashData(numbered, hash);
        var id = hash[..16];
        id[6] = (byte)(0x80 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return new Guid(id, bigEndian: true).ToString();
    }

    private int NumberOf(ulong content)
    {
        if (seen.Add(content))
            return 1;
        return repeats[content] = repeats.GetValueOrDefault(content, 1) + 1;
    }
}
