using System.Globalization;
using SessionPlatform.Contracts.Jobs.V1;
using ProtoDuration = Google.Protobuf.WellKnownTypes.Duration;

namespace SessionPlatform.Cli.Output;

/// <summary>Formats the comparison of one history under two sets of rules.</summary>
internal static class PreviewTables
{
    private const string Same = "=";
    private const string Unknown = "–";

    /// <summary>Compares sessions and rates.</summary>
    public static DataTable Of(string siteId, RulesPreview preview)
    {
        var (before, after) = (preview.Before, preview.After);
        var table = new DataTable($"Preview of {siteId}", ">Before", ">After", ">Change");
        Count("Sessions", before.Sessions, after.Sessions);
        Count("Visitors", before.Visitors, after.Visitors);
        Rate("Bounce rate", totals => totals.HasBounceRate ? totals.BounceRate : null);
        Rate("Engagement rate", totals => totals.HasEngagementRate ? totals.EngagementRate : null);
        Rate("Conversion rate", totals => totals.HasConversionRate ? totals.ConversionRate : null);
        table.Row(
            "Average duration",
            Show.Duration(before.AverageDuration),
            Show.Duration(after.AverageDuration),
            ChangeOf(before.AverageDuration, after.AverageDuration));
        return table;

        void Count(string name, ulong former, ulong latter) =>
            table.Row(name, Show.Count(former), Show.Count(latter), ChangeOf(former, latter));

        void Rate(string name, Func<PreviewTotals, double?> rate) => table.Row(
            name, Show.Percent(rate(before)), Show.Percent(rate(after)), ChangeOf(rate(before), rate(after)));
    }

    /// <summary>Compares how many sessions reach each stage of each funnel.</summary>
    public static DataTable Of(IEnumerable<PreviewFunnel> funnels)
    {
        var table = new DataTable("Funnel", "Stage", ">Before", ">After", ">Change");
        foreach (var each in funnels)
        {
            var funnel = each.Name;
            foreach (var stage in each.Stages)
            {
                table.Row(
                    funnel,
                    Show.Foreign(stage.Name),
                    Show.Count(stage.SessionsBefore),
                    Show.Count(stage.SessionsAfter),
                    ChangeOf(stage.SessionsBefore, stage.SessionsAfter));
                funnel = "";
            }
        }

        return table;
    }

    private static string ChangeOf(ulong before, ulong after)
    {
        if (before == after)
            return Same;
        var (sign, by) = after > before ? ('+', after - before) : ('−', before - after);
        var share = before == 0 ? "" : $" ({sign}{Show.Percent((double)by / before)})";
        return $"{sign}{Show.Count(by)}{share}";
    }

    // The change of a rate is given in percentage points, because a share of a share misleads.
    private static string ChangeOf(double? before, double? after)
    {
        if (before is not { } former || after is not { } latter)
            return before is null && after is null ? Same : Unknown;
        var points = Math.Round((latter - former) * 100, 1);
        return points == 0
            ? Same
            : string.Create(CultureInfo.InvariantCulture, $"{(points > 0 ? '+' : '−')}{Math.Abs(points):0.0} points");
    }

    private static string ChangeOf(ProtoDuration? before, ProtoDuration? after)
    {
        if (before is null || after is null)
            return before is null && after is null ? Same : Unknown;
        var by = after.ToTimeSpan() - before.ToTimeSpan();
        var text = Show.Duration(ProtoDuration.FromTimeSpan(by.Duration()));
        if (text == Show.Duration(new ProtoDuration()))
            return Same;
        return (by > TimeSpan.Zero ? "+" : "−") + text;
    }
}
