using System.Text;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Reason = SessionPlatform.Contracts.Ingestion.V1.Violation.Types.Reason;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>Checks the bounds of an event's custom properties.</summary>
internal static class ValidateProperties
{
    private const string Field = "properties";
    private const int MaxCount = 50;
    private const int MaxKeyBytes = 64;
    private const int MaxValueBytes = 1024;

    /// <summary>Adds all violations in the properties of an event.</summary>
    public static void Check(EventDraft draft, MapField<string, Value> properties)
    {
        if (properties.Count > MaxCount)
        {
            // Not checked one by one: the answer must remain small.
            draft.Violate(Field, Reason.OutOfRange, $"must be at most {MaxCount}");
            return;
        }
        foreach (var (key, value) in properties)
            if (CheckKey(draft, key))
                CheckValue(draft, key, value);
    }

    // An invalid key is not repeated in the answer, since it may have any size.
    private static bool CheckKey(EventDraft draft, string key)
    {
        if (key.Length == 0)
            draft.Violate(Field, Reason.Required, "a key must not be empty");
        else if (Encoding.UTF8.GetByteCount(key) > MaxKeyBytes)
            draft.Violate(Field, Reason.TooLong, $"a key must be at most {MaxKeyBytes} bytes");
        else if (key.Contains('\0'))
            draft.Violate(Field, Reason.Invalid, "a key must not hold NUL characters");
        else
            return true;
        return false;
    }

    private static void CheckValue(EventDraft draft, string key, Value value)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.BoolValue:
            case Value.KindOneofCase.NumberValue when double.IsFinite(value.NumberValue):
                break;
            case Value.KindOneofCase.StringValue:
                // The field name costs an allocation, so it is created only for texts that may be invalid.
                if (value.StringValue.Length > MaxValueBytes / 3 || value.StringValue.Contains('\0'))
                    draft.CheckText(Name(key), value.StringValue, MaxValueBytes);
                break;
            case Value.KindOneofCase.NumberValue:
                draft.Violate(Name(key), Reason.Invalid, "must be a finite number");
                break;
            default:
                draft.Violate(Name(key), Reason.Invalid, "must be a string, a number or a bool");
                break;
        }
    }

    private static string Name(string key) => $"{Field}[{key}]";
}
