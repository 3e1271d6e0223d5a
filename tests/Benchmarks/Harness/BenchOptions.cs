using System.Globalization;

namespace SessionPlatform.Benchmarks.Harness;

/// <summary>The options of a run of <c>./bench</c>.</summary>
/// <param name="Names">The benchmarks to run; all when empty.</param>
/// <param name="Events">The number of events of a pipeline run.</param>
/// <param name="Sessions">The sessions to store before measuring queries; 0 to use those already stored.</param>
/// <param name="Quick">Whether to use smaller numbers, so that all benchmarks take under 5 minutes.</param>
/// <param name="Profile">Whether PostgreSQL records the cost of each statement, which slows it.</param>
/// <param name="Save">Whether to write the results to docs/benchmarks.md.</param>
/// <param name="Command">The command line as typed.</param>
internal sealed record BenchOptions(
    IReadOnlyList<string> Names, int Events, int Sessions, bool Quick, bool Profile, bool Save, string Command)
{
    private const int FullEvents = 1_000_000;
    private const int QuickEvents = 30_000;

    /// <summary>Returns the first value normally and the second one with <c>--quick</c>.</summary>
    public T Pick<T>(T full, T quick) => Quick ? quick : full;

    /// <exception cref="FormatException">The command line is invalid; the message says why.</exception>
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
