using System.Globalization;

namespace SessionPlatform.Benchmarks.Harness;

/// <summary>A row of the results.</summary>
/// <param name="What">The description of the measured quantity.</param>
/// <param name="Measured">The measured value.</param>
/// <param name="Reference">The reference value from the same run.</param>
/// <param name="Ratio">The measured value divided by the reference.</param>
/// <param name="Target">The target of the design.</param>
/// <param name="Reached">Whether the target is reached; null when the design sets none.</param>
internal sealed record Row(
    string What, string Measured, string Reference = "", string Ratio = "", string Target = "", bool? Reached = null)
{
    public static readonly string[] Headings = ["what", "measured", "reference", "ratio", "target", "reached"];

    public string[] Cells =>
        [What, Measured, Reference, Ratio, Target, Reached switch { true => "yes", false => "no", null => "" }];

    /// <summary>Formats a number with its significant digits.</summary>
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
