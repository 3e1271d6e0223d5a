using Google.Protobuf;

namespace SessionPlatform.Ingestion.Requests;

/// <summary>
/// Reads the fields of one protobuf message without building anything, so that what is nested in it can be read, or
/// found unreadable, on its own. Throws <see cref="InvalidDataException"/> where the bytes are no message.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;

    /// <summary>Where the next field starts; after <see cref="Next"/> and a read, where the value ended.</summary>
    public int Position { get; private set; }

    /// <summary>Number of the field that was just met.</summary>
    public int Field { get; private set; }

    /// <summary>Wire type of the field that was just met.</summary>
    public WireFormat.WireType Type { get; private set; }

    /// <summary>Goes to the next field; its value must then be read or skipped.</summary>
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

    /// <summary>A value of wire type varint.</summary>
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

    /// <summary>A length-delimited value; it ends at <see cref="Position"/>.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        var length = ReadVarint();
        return Advance(length > int.MaxValue ? int.MaxValue : (int)length);
    }

    /// <summary>Passes over the value of a field nobody knows.</summary>
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
                // Groups: proto3 has none, and none of our messages ever had one.
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
