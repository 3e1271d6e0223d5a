using Google.Protobuf;

namespace SessionPlatform.Ingestion.Requests;

/// <summary>
/// Iterates over the fields of one protobuf message without allocating objects, so that nested messages can be parsed
/// on their own. Throws <see cref="InvalidDataException"/> where the bytes are malformed.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;

    /// <summary>Start of the next field; after a value was read, the end of that value.</summary>
    public int Position { get; private set; }

    /// <summary>Number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>Wire type of the current field.</summary>
    public WireFormat.WireType Type { get; private set; }

    /// <summary>Advances to the next field, whose value must then be read or skipped.</summary>
    public bool Next()
    {
        if (Position == bytes.Length)
            return false;
        var tag = ReadVarint();
        if (tag > uint.MaxValue)
            throw Malformed();
        Field = WireFormat.GetTagFieldNumber((uint)tag);
        Type = WireFormat.GetTagWireType((uint)tag);
        return Field > 0 ? true : throw Malformed();
    }

    /// <summary>Reads a value of wire type varint.</summary>
    public ulong ReadVarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (Position == bytes.Length)
                throw Malformed();
            var next = bytes[Position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw Malformed();
    }

    /// <summary>Reads a length-delimited value, which then ends at <see cref="Position"/>.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        var length = ReadVarint();
        return Advance(length > int.MaxValue ? int.MaxValue : (int)length);
    }

    /// <summary>Skips the value of an unknown field.</summary>
    public void Skip()
    {
        switch (Type)
        {
            case WireFormat.WireType.Varint:
                ReadVarint();
                break;
            case WireFormat.WireType.Fixed64:
                Advance(sizeof(ulong));
                break;
            case WireFormat.WireType.LengthDelimited:
                ReadBytes();
                break;
            case WireFormat.WireType.Fixed32:
                Advance(sizeof(uint));
                break;
            default:
                // A group, which proto3 does not have.
                throw Malformed();
        }
    }

    private ReadOnlySpan<byte> Advance(int count)
    {
        if (count > bytes.Length - Position)
            throw Malformed();
        var value = bytes.Slice(Position, count);
        Position += count;
        return value;
    }

    private static InvalidDataException Malformed() => new("The bytes are not a protobuf message.");
}
