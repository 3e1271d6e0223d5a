using System.Text;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace SessionPlatform.ServiceDefaults.Grpc;

/// <summary>
/// Collects all violations of a request, so that the caller learns all of them at once:
/// <c>INVALID_ARGUMENT</c> with <c>google.rpc.BadRequest</c>.
/// </summary>
public sealed class Violations
{
    // Trailers are headers: many clients refuse more than 8 KiB of them.
    private const int MaxBytes = 4096;
    private const int MaxFieldBytes = 256;
    private const int MaxDescriptionBytes = 512;

    private readonly BadRequest details = new();
    private int bytes;

    /// <summary>
    /// Prefix of the fields that are added from now on, e.g. <c>funnel.</c> while a nested request is checked.
    /// </summary>
    public string Prefix { get; set; } = "";

    /// <summary>The number of violations added, including those that do not fit into the answer.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a violation.</summary>
    /// <param name="field">Path of the field by its proto name, e.g. <c>rules.timeout</c>.</param>
    /// <param name="description">Text for people: what is wrong and what would be right.</param>
    public void Add(string field, string description)
    {
        ArgumentNullException.ThrowIfNull(field);
        ArgumentNullException.ThrowIfNull(description);
        Count++;
        var violation = new BadRequest.Types.FieldViolation
        {
            Field = Shorten(Prefix + field, MaxFieldBytes),
            Description = Shorten(description, MaxDescriptionBytes),
        };
        bytes += violation.CalculateSize();
        if (bytes <= MaxBytes)
            details.FieldViolations.Add(violation);
    }

    /// <summary>Does nothing without violations.</summary>
    /// <exception cref="RpcException">There is at least one.</exception>
    public void ThrowIfAny()
    {
        if (Count > 0)
            throw ToException();
    }

    /// <summary>Returns the error that lists the violations.</summary>
    public RpcException ToException()
    {
        var first = details.FieldViolations.FirstOrDefault();
        var message = first is null ? "The request is not valid." : $"{first.Field}: {first.Description}";
        if (Count > 1)
            message += $" (and {Count - 1} more)";
        return new Google.Rpc.Status
        {
            Code = (int)StatusCode.InvalidArgument,
            Message = message,
            Details = { Any.Pack(details) },
        }.ToRpcException();
    }

    private static string Shorten(string text, int maxBytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= maxBytes)
            return text;
        var shortened = new StringBuilder(maxBytes);
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            length += rune.Utf8SequenceLength;
            if (length > maxBytes - 3)
                break;
            shortened.Append(rune.ToString());
        }

        return shortened.Append('…').ToString();
    }
}
