using System.Globalization;

namespace SessionPlatform.Benchmarks.Harness;

/// <summary>What to measure, and how much of it.</summary>
/// <param name="Names">Benchmarks to run; empty: all.</param>
/// <param name="Events">Events of a run of the pipeline.</param>
/// <param name="Sessions">Sessions to store before queries are measured; 0: those that the other runs stored.</param>
/// <param name="Quick">Smaller numbers everywhere: all of it in under 5 minutes.</param>
/// <param name="Profile">Have PostgreSQL tell what each statement costs, which slows it.</param>
/// <param name="Save">Write the results to docs/benchmarks.md.</param>
/// <param name="Command">As it was typed.</param>
internal sealed record BenchOptions(
    IReadOnlyList<string> Names, int Events, int Sessions, bool Quick, bool Profile, bool Save, string Command)
{
    private const int FullEvents = 1_000_000;
    private const int QuickEvents = 30_000;

    /// <summary>The one number or the other.</summary>
    public T Pick<T>(T full, T quick) => Quick ? quick : full;

    /// <exception cref="FormatException">The command line is wrong; the message says how.</exception>
    public static BenchOptions Parse(string[] arguments)
    {
        var names = new List<string>();
        int? events = null;
        var (sessions, quick, profile, save) = (0, false, false, true);
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--events":
                    events = Number(arguments, ++i);
                    break;
                case "--sessions":
                    sessions = Number(arguments, ++i);
                    break;
                case "--quick":
                    quick = true;
                    break;
                case "--profile":
                    profile = true;
                    break;
                case "--no-save":
                    save = false;
                    break;
                case ['-', ..]:
                    throw new FormatException($"Unknown option '{arguments[i]}'.");
                default:
                    names.Add(arguments[i]);
                    break;
            }
        }

        return new(
            names, events ?? (quick ? QuickEvents : FullEvents), sessions, quick, profile, save,
            string.Join(' ', ["./bench", .. arguments]));
    }

    private static int Number(string[] arguments, int index) =>
        index < arguments.Length
        && int.TryParse(arguments[index], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number > 0
            ? number
            : throw new FormatException($"{arguments[index - 1]} takes a number of 1 or more.");
}
