namespace SessionPlatform.Contracts;

/// <summary>
/// Iterates over the fields of an encoded message without parsing their contents. The bytes must be a well-formed
/// message; others may cause an exception.
/// </summary>
/// <param name="message">The encoded message.</param>
public struct EncodedFields(ReadOnlyMemory<byte> message)
{
    private const int VarintType = 0;
    private const int Fixed64Type = 1;
    private const int LengthType = 2;
    private const int Fixed32Type = 5;

    private int position;

    /// <summary>Number of the current field.</summary>
    public int Number { get; private set; }

    /// <summary>Content of the current field if it is a message, string or bytes field; empty for numbers.</summary>
    public ReadOnlyMemory<byte> Content { get; private set; }

    /// <summary>
    /// Advances to the next field; returns false after the last one, and at a group, which is not supported.
    /// </summary>
    public bool MoveNext()
    {
        if (position >= message.Length)
            return false;
        var tag = ReadVarint();
        Number = (int)(tag >> 3);
        Content = default;
        switch ((int)(tag & 7))
        {
            case VarintType:
                ReadVarint();
                break;
            case LengthType:
                var length = (int)ReadVarint();
                Content = message.Slice(position, length);
                position += length;
                break;
            case Fixed64Type:
                position += sizeof(long);
                break;
            case Fixed32Type:
                position += sizeof(int);
                break;
            default:
                position = message.Length;
                return false;
        }

        return true;
    }

    private ulong ReadVarint()
    {
        var bytes = message.Span;
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = bytes[position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
    }
}
