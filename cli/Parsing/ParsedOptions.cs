using System.CommandLine;

namespace SessionPlatform.Cli.Parsing;

/// <summary>Parses a value; returns null and sets the error when it is invalid.</summary>
internal delegate T? TextParser<out T>(string text, out string error);

/// <summary>Creates options with parsed values, each invalid one with its own error.</summary>
internal static class ParsedOptions
{
    /// <summary>Creates an option that may be repeated; its values keep their order.</summary>
    public static Option<T[]> Many<T>(string name, string placeholder, string description, TextParser<T> parse)
        where T : class => new(name)
        {
            HelpName = placeholder,
            Description = description,
            DefaultValueFactory = _ => [],
            CustomParser = result =>
            {
                var values = new List<T>();
                foreach (var token in result.Tokens)
                {
                    if (parse(token.Value, out var error) is { } value)
                        values.Add(value);
                    else
                        result.AddError(error);
                }

                return [.. values];
            },
        };

    /// <summary>Creates an option for enum values, separated by commas or by repeating the option.</summary>
    public static Option<T[]> Words<T>(string name, string placeholder, string description, EnumWords<T> words)
        where T : struct, System.Enum => new(name)
        {
            HelpName = placeholder,
            Description = description,
            CustomParser = result =>
            {
                var values = new List<T>();
                foreach (var text in result.Tokens.SelectMany(token => token.Value.Split(',')))
                {
                    if (words.Parse(text, out var error) is { } value)
                        values.Add(value);
                    else
                        result.AddError(error);
                }

                return [.. values];
            },
        };

    /// <summary>Creates an option for one enum value.</summary>
    public static Option<T> Word<T>(string name, string placeholder, string description, EnumWords<T> words)
        where T : struct, System.Enum => new(name)
        {
            HelpName = placeholder,
            Description = description,
            CustomParser = result =>
            {
                if (words.Parse(result.Tokens.Single().Value, out var error) is { } value)
                    return value;
                result.AddError(error);
                return default;
            },
        };

    /// <summary>Creates an option for a number from 1; the server checks the upper limit.</summary>
    public static Option<int> Number(string name, string description)
    {
        var option = new Option<int>(name) { HelpName = "N", Description = description };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var number) && number < 1)
                result.AddError($"{name} takes 1 or more.");
        });
        return option;
    }
}
