using System.Globalization;

namespace SessionPlatform.Benchmarks.Harness;

/// <summary>A line of the results.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Measured">The figure.</param>
/// <param name="Reference">What it is compared with, from the same run.</param>
/// <param name="Ratio">Measured to reference.</param>
/// <param name="Target">What the design asks for.</param>
/// <param name="Reached">Null: the design asks for nothing here.</param>
internal sealed record Row(
    string What, string Measured, string Reference = "", string Ratio = "", string Target = "", bool? Reached = null)
{
    public static readonly string[] Headings = ["what", "measured", "reference", "ratio", "target", "reached"];

    public string[] Cells =>
        [What, Measured, Reference, Ratio, Target, Reached switch { true => "yes", false => "no", null => "" }];

    /// <summary>A number with as many digits as say something.</summary>
    public static string Count(double number) => number.ToString(
        Math.Abs(number) >= 100 || number == Math.Round(number) ? "N0" : "N2", CultureInfo.InvariantCulture);

    public static string Fraction(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture);

    public static string PerSecond(double number, string unit) => $"{Count(number)} {unit}/s";

    public static string Micros(TimeSpan time) => $"{Count(time.TotalMicroseconds)} µs";

    public static string Millis(TimeSpan time) =>
        $"{Text(time.TotalMilliseconds, time.TotalMilliseconds < 10 ? "0.00" : "N0")} ms";

    public static string MegaBytes(double bytes) => $"{Text(bytes / (1 << 20), "N0")} MB";

    private static string Text(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
