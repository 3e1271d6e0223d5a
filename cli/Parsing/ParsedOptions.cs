using System.CommandLine;

namespace SessionPlatform.Cli.Parsing;

/// <summary>Reads a value as people type it; null, and the error, where it is none.</summary>
internal delegate T? TextParser<out T>(string text, out string error);

/// <summary>Options whose values have a form of their own, each wrong one with its own error.</summary>
internal static class ParsedOptions
{
    /// <summary>May be given several times; all of the values, in their order.</summary>
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

    /// <summary>Values of an enum, at commas, or in several options.</summary>
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

    /// <summary>One value of an enum.</summary>
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

    /// <summary>A number from 1; the server knows the most.</summary>
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
