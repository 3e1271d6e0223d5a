using System.Text.Unicode;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace SessionPlatform.Ingestion.Requests;

/// <summary>
/// Knows the string fields of a message type, nested ones included, to validate their UTF-8. The protobuf runtime
/// replaces invalid bytes when it parses a string; data must not change silently, so the bytes are checked.
/// </summary>
internal sealed class TextShape
{
    private static readonly TextShape Text = new();

    // By field number: Text, the shape of a nested message, or null for a field without text.
    private TextShape?[] fields = [];

    private TextShape()
    {
    }

    /// <summary>Returns the shape of a message type.</summary>
    public static TextShape Of(MessageDescriptor message) => Of(message, []);

    /// <summary>Whether all strings in a message are valid UTF-8. The message must be well-formed.</summary>
    public bool IsValid(ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message);
        while (reader.Next())
        {
            var shape = reader.Field < fields.Length ? fields[reader.Field] : null;
            if (shape is null || reader.Type != WireFormat.WireType.LengthDelimited)
                reader.Skip();
            else if (!(shape == Text ? Utf8.IsValid(reader.ReadBytes()) : shape.IsValid(reader.ReadBytes())))
                return false;
        }
        return true;
    }

    private static TextShape Of(MessageDescriptor message, Dictionary<MessageDescriptor, TextShape> known)
    {
        if (known.TryGetValue(message, out var shape))
            return shape;
        known.Add(message, shape = new TextShape());
        var fields = message.Fields.InFieldNumberOrder();
        shape.fields = new TextShape?[fields.Max(field => field.FieldNumber) + 1];
        foreach (var field in fields)
            shape.fields[field.FieldNumber] = field.FieldType switch
            {
                FieldType.String => Text,
                FieldType.Message => Of(field.MessageType, known),
                _ => null,
            };
        return shape;
    }
}
