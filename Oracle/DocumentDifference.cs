using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Oracle;

/// <summary>
/// Where two documents of one session differ. Values are personal data as far as the session is: not for logs.
/// </summary>
public static class DocumentDifference
{
    private const int LongestValue = 200;
    private const string WellKnownTypes = "google.protobuf";

    // A recomputation knows what a session is, not how often it was published before.
    private static readonly string[] History = ["session.revision", "session.closed"];

    /// <summary>
    /// One entry for each field that differs, such as <c>session.journey[3].path</c> or
    /// <c>timeline[3].properties[color]</c>; null where a side has no such field. A list of another length also gives
    /// its <c>length</c>. A document that is missing gives one entry, whose field is empty.
    /// </summary>
    public static IEnumerable<(string Field, string? Stored, string? Recomputed)> Between(
        SessionDocument? stored, SessionDocument? recomputed) => Values("", stored, recomputed);

    private static IEnumerable<(string, string?, string?)> Values(string path, object? stored, object? recomputed) =>
        History.Contains(path) ? []
        : (stored, recomputed) switch
        {
            (IMessage one, IMessage other) when one.Descriptor.File.Package != WellKnownTypes =>
                one.Descriptor.Fields.InFieldNumberOrder().SelectMany(field => Values(
                    path.Length == 0 ? field.Name : $"{path}.{field.Name}",
                    ValueOf(one, field),
                    ValueOf(other, field))),
            (IList one, IList other) => Elements(path, one, other),
            (IDictionary one, IDictionary other) => Entries(path, one, other),
            _ => Equals(stored, recomputed) ? [] : [(path, Print(stored), Print(recomputed))],
        };

    private static IEnumerable<(string, string?, string?)> Elements(string path, IList stored, IList recomputed)
    {
        var length = Values($"{path}.length", stored.Count, recomputed.Count);
        return length.Concat(Enumerable.Range(0, Math.Max(stored.Count, recomputed.Count)).SelectMany(at => Values(
            string.Create(CultureInfo.InvariantCulture, $"{path}[{at}]"),
            at < stored.Count ? stored[at] : null,
            at < recomputed.Count ? recomputed[at] : null)));
    }

    private static IEnumerable<(string, string?, string?)> Entries(
        string path, IDictionary stored, IDictionary recomputed) =>
        stored.Keys.Cast<string>().Union(recomputed.Keys.Cast<string>()).Order(StringComparer.Ordinal)
            .SelectMany(key => Values($"{path}[{key}]", stored[key], recomputed[key]));

    /// <summary>Null when it is absent, which only fields with presence can be.</summary>
    private static object? ValueOf(IMessage message, FieldDescriptor field) =>
        field.HasPresence && !field.Accessor.HasValue(message) ? null : field.Accessor.GetValue(message);

    private static string? Print(object? value)
    {
        if (value is null)
            return null;
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        JsonFormatter.Default.WriteValue(writer, value);
        var text = writer.ToString();
        return text.Length <= LongestValue ? text : text[..(LongestValue - 1)] + "…";
    }
}
