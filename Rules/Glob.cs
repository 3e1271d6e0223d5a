namespace SessionPlatform.Rules;

/// <summary>
/// A pattern over paths, ignoring case: <c>*</c> is any run of characters within a segment, <c>**</c> any run at all;
/// an empty run counts. Everything else stands for itself.
/// </summary>
/// <remarks>
/// Matching takes one pass over the path, whatever the pattern: the set of all positions in the pattern that the text
/// so far can have reached is kept as bits and moved by each character. There is no backtracking to be provoked.
/// </remarks>
public sealed class Glob
{
    private const char Segment = '/';
    private const int BitsPerWord = 64;

    // Enough for the 256 bytes that the contract allows.
    private const int MaxWordsOnStack = 5;

    private readonly string prefix;
    private readonly bool isLiteral;
    private readonly bool matchesAnyRest;

    // Of what follows the literal prefix: position n is reached when n of its literal characters are matched.
    private readonly Dictionary<char, ulong[]> advance = [];
    private readonly ulong[] stayWithinSegment;
    private readonly ulong[] stayAnywhere;
    private readonly int words;
    private readonly int last;

    public Glob(string pattern)
    {
        var wildcard = pattern.IndexOf('*', StringComparison.Ordinal);
        isLiteral = wildcard < 0;
        prefix = isLiteral ? pattern : pattern[..wildcard];
        var rest = isLiteral ? "" : pattern[wildcard..];
        matchesAnyRest = rest.Length >= 2 && rest.All(character => character == '*');

        last = rest.Count(character => character != '*');
        words = (last + BitsPerWord) / BitsPerWord;
        stayWithinSegment = new ulong[words];
        stayAnywhere = new ulong[words];
        Compile(rest);
    }

    /// <summary>Whether the whole path matches.</summary>
    public bool Matches(string path)
    {
        if (!path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            return false;
        if (isLiteral)
            return path.Length == prefix.Length;
        return matchesAnyRest || MatchesRest(path.AsSpan(prefix.Length));
    }

    private void Compile(string rest)
    {
        var position = 0;
        for (var index = 0; index < rest.Length; index++)
        {
            var character = rest[index];
            if (character != '*')
            {
                Set(Mask(character), position++);
            }
            else if (index + 1 < rest.Length && rest[index + 1] == '*')
            {
                Set(stayAnywhere, position);
                index++;
            }
            else
            {
                Set(stayWithinSegment, position);
            }
        }
    }

    private ulong[] Mask(char character)
    {
        var folded = char.ToUpperInvariant(character);
        if (!advance.TryGetValue(folded, out var mask))
            advance[folded] = mask = new ulong[words];
        return mask;
    }

    private bool MatchesRest(ReadOnlySpan<char> text)
    {
        var reached = words <= MaxWordsOnStack ? stackalloc ulong[MaxWordsOnStack] : new ulong[words];
        reached = reached[..words];
        reached.Clear();
        reached[0] = 1;
        var alive = true;
        for (var index = 0; index < text.Length && alive; index++)
            alive = Step(reached, text[index]);
        return alive && (reached[last / BitsPerWord] & (1UL << (last % BitsPerWord))) != 0;
    }

    /// <summary>Moves every reached position over one character; false when none is left.</summary>
    private bool Step(Span<ulong> reached, char character)
    {
        advance.TryGetValue(char.ToUpperInvariant(character), out var mask);
        var carry = 0UL;
        var any = 0UL;
        for (var word = 0; word < reached.Length; word++)
        {
            var moved = mask is null ? 0 : reached[word] & mask[word];
            var stay = character == Segment ? stayAnywhere[word] : stayAnywhere[word] | stayWithinSegment[word];
            var next = (moved << 1) | carry | (reached[word] & stay);
            carry = moved >> (BitsPerWord - 1);
            reached[word] = next;
            any |= next;
        }

        return any != 0;
    }

    private static void Set(ulong[] bits, int position) =>
        bits[position / BitsPerWord] |= 1UL << (position % BitsPerWord);
}
