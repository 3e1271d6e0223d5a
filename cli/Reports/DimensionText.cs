using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Metrics.V1;

namespace SessionPlatform.Cli.Reports;

/// <summary>Formats dimensions and their values.</summary>
internal static class DimensionText
{
    private const string Absent = "(none)";
    private const string Other = "(other)";

    public static string Title(Dimension.Types.Name dimension) =>
        ReportWords.Dimensions.Of(dimension).Replace('-', ' ');

    public static string Value(string value, bool isOther = false)
    {
        if (isOther)
            return Other;
        return value.Length > 0 ? Show.Foreign(value) : Absent;
    }
}
