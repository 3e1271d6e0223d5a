namespace SessionPlatform.Contracts;

/// <summary>
/// Walks over the fields of an encoded message without reading them. For bytes that were read as that message before:
/// others may end it with an exception.
/// </summary>
/// <param name="message">The message.</param>
public struct EncodedFields(ReadOnlyMemory<byte> message)
{
    private const int VarintType = 0;
    private const int Fixed64Type = 1;
    private const int LengthType = 2;
    private const int Fixed32Type = 5;

    private int _position;

    /// <summary>The field's number.</summary>
    public int Number { get; private set; }

    /// <summary>What a message, text or bytes field holds; empty for numbers.</summary>
    public ReadOnlyMemory<byte> Content { get; private set; }

    /// <summary>Goes on to the next field; false behind the last, and at a group, which is not walked over.</summary>
    public bool MoveNext()
    {
        if (_position >= message.Length)
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
                Content = message.Slice(_position, length);
                _position += length;
                break;
            case Fixed64Type:
                _position += sizeof(long);
                break;
            case Fixed32Type:
                _position += sizeof(int);
                break;
            default:
                _position = message.Length;
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
            var part = bytes[_position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
    }
}
