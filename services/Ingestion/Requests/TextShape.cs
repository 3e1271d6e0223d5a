using System.Text.Unicode;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace SessionPlatform.Ingestion.Requests;

/// <summary>
/// Where a message type holds text. The protobuf runtime replaces bytes that are not UTF-8 when it reads a string; what
/// was sent must not change silently, so text is checked on the bytes themselves.
/// </summary>
internal sealed class TextShape
{
    private static readonly TextShape Text = new();

    // By field number: Text, the shape of a nested message, or null for what holds no text.
    private TextShape?[] fields = [];

    private TextShape()
    {
    }

    /// <summary>The shape of a message type.</summary>
    public static TextShape Of(MessageDescriptor message) => Of(message, []);

    /// <summary>Whether all text in a message, which must be readable, is valid UTF-8.</summary>
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
