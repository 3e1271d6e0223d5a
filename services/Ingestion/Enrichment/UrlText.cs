using System.Buffers;
using System.Globalization;
using System.Text;

namespace SessionPlatform.Ingestion.Enrichment;

/// <summary>Decodes percent-encoded text leniently.</summary>
internal static class UrlText
{
    private const int EncodedLength = 3;

    /// <summary>
    /// Decodes valid escapes and keeps the others as they are: incomplete escapes, invalid UTF-8, and control
    /// characters, which no page or campaign name contains.
    /// </summary>
    public static string Decode(ReadOnlySpan<char> text, bool plusIsSpace = false)
    {
        if (!text.Contains('%'))
            return plusIsSpace && text.Contains('+') ? text.ToString().Replace('+', ' ') : text.ToString();

        var decoded = new StringBuilder(text.Length);
        Span<byte> bytes = stackalloc byte[4];
        while (!text.IsEmpty)
        {
            if (text[0] != '%')
            {
                decoded.Append(plusIsSpace && text[0] == '+' ? ' ' : text[0]);
                text = text[1..];
                continue;
            }
            var count = ReadEscapes(text, bytes);
            var valid = Rune.DecodeFromUtf8(bytes[..count], out var rune, out var used) == OperationStatus.Done
                && !Rune.IsControl(rune);
            var taken = valid ? used * EncodedLength : 1;
            if (valid)
                decoded.Append(rune.ToString());
            else
                decoded.Append('%');
            text = text[taken..];
        }
        return decoded.ToString();
    }

    private static int ReadEscapes(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        var count = 0;
        while (count < bytes.Length && text.Length >= EncodedLength && text[0] == '%'
            && byte.TryParse(text[1..EncodedLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                out bytes[count]))
        {
            count++;
            text = text[EncodedLength..];
        }
        return count;
    }
}
