using Spectre.Console;
using Spectre.Console.Rendering;

namespace SessionPlatform.Cli.Tests;

/// <summary>Renders output as a window of a given width shows it.</summary>
internal static class Rendered
{
    public static string At(int width, params IReadOnlyList<IRenderable> parts)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        foreach (var part in parts)
            console.Write(part);
        return text.ToString();
    }
}
