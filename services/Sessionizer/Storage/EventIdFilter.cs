using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SessionPlatform.Sessionizer.Storage;

/// <summary>
/// Which event ids a stream may hold: 4 bytes of each, kept in the stream's row, so that an id that is surely new costs
/// no read of events. A stream with more than <see cref="MostPrints"/> events has its ids in a table of their own
/// instead, where each is looked up.
/// </summary>
/// <param name="Prints">The prints, little-endian; empty with <paramref name="IdsInTable"/>.</param>
/// <param name="IdsInTable">All of the stream's ids are in <c>event_ids</c>.</param>
internal sealed record EventIdFilter(byte[] Prints, bool IdsInTable)
{
    /// <summary>1 KiB of the row, which keeps it from being stored out of line.</summary>
    public const int MostPrints = 256;

    private const int PrintBytes = sizeof(uint);

    /// <summary>Of a stream without events.</summary>
    public static EventIdFilter Empty { get; } = new([], false);

    /// <summary>False: the stream surely does not hold the id.</summary>
    public bool MayHold(Guid eventId) =>
        IdsInTable || MemoryMarshal.Cast<byte, uint>(Prints.AsSpan()).Contains(PrintOf(eventId));

    /// <summary>The filter once these ids are stored, too.</summary>
    public EventIdFilter With(IReadOnlyCollection<Guid> added)
    {
        if (IdsInTable)
            return this;
        var events = (Prints.Length / PrintBytes) + added.Count;
        if (events > MostPrints)
            return new([], true);
        var prints = new byte[events * PrintBytes];
        Prints.CopyTo(prints, 0);
        var at = Prints.Length;
        foreach (var id in added)
        {
            MemoryMarshal.Write(prints.AsSpan(at), PrintOf(id));
            at += PrintBytes;
        }

        return new(prints, false);
    }

    // Ids may be anything, numbered ones and ones that begin with a time among them: all 16 bytes count. Stored, so it
    // is the same in every version.
    private static uint PrintOf(Guid eventId)
    {
        Span<byte> bytes = stackalloc byte[16];
        eventId.TryWriteBytes(bytes, bigEndian: true, out _);
        var high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        var mixed = (high * 0x9E3779B97F4A7C15) ^ low;
        mixed = (mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B9;
        return (uint)(mixed >> 32);
    }
}
