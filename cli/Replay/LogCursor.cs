using System.Text;

namespace SessionPlatform.Cli.Replay;

/// <summary>A cursor over a log line; each method returns false when the line has another form.</summary>
internal ref struct LogCursor(ReadOnlySpan<byte> line)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> rest = line;

    public readonly bool AtEnd => rest.IsEmpty;

    /// <summary>Reads up to a separator and skips it.</summary>
    public bool TryReadUntil(ReadOnlySpan<byte> separator, out string text)
    {
        var end = rest.IndexOf(separator);
        text = end < 0 ? "" : Decode(rest[..end]);
        if (end < 0)
            return false;
        rest = rest[(end + separator.Length)..];
        return true;
    }

    /// <summary>Reads up to a space or the end of the line.</summary>
    public string ReadWord()
    {
        var end = rest.IndexOf((byte)' ');
        var word = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return Decode(word);
    }

    /// <summary>Reads a quoted text that is followed by a space or the end of the line.</summary>
    public bool TryReadQuoted(out string text)
    {
        text = "";
        if (rest.IsEmpty || rest[0] != '"')
            return false;
        var end = 1;
        while (end < rest.Length && rest[end] != '"')
            end += rest[end] == '\\' ? 2 : 1;
        if (end >= rest.Length || (end + 1 < rest.Length && rest[end + 1] != ' '))
            return false;
        text = Decode(Unescape(rest[1..end]));
        rest = rest[Math.Min(end + 2, rest.Length)..];
        return true;
    }

    // Servers escape as \", \\ and \xHH.
    private static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)'\\'))
            return text;
        var plain = new List<byte>(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\' || at + 1 == text.Length)
            {
                plain.Add(text[at]);
            }
            else if (text[at + 1] == 'x' && at + 3 < text.Length && IsHex(text[at + 2]) && IsHex(text[at + 3]))
            {
                plain.Add(Convert.FromHexString(Encoding.ASCII.GetString(text.Slice(at + 2, 2)))[0]);
                at += 3;
            }
            else
            {
                plain.Add(text[++at]);
            }
        }

        return plain.ToArray();
    }

    private static bool IsHex(byte character) => char.IsAsciiHexDigit((char)character);

    // Old logs contain Latin-1 as clients sent it.
    private static string Decode(ReadOnlySpan<byte> text)
    {
        try
        {
            return StrictUtf8.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(text);
        }
    }
}
