namespace SessionPlatform.Funnel.Columns;

internal static class ColumnsExtensions
{
    /// <summary>What reports need to read facts by column.</summary>
    public static void AddColumns(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ColumnTable>();
        builder.Services.AddSingleton<ReportCache>();
        builder.Services.AddSingleton<ColumnCache>();
        builder.Services.AddSingleton<FilterMatcher>();
        builder.Services.AddSingleton<ColumnMaker>();
        builder.Services.AddSingleton<ColumnScans>();
        builder.Services.AddSingleton<ColumnKeeper>();
        builder.Services.AddSingleton<PartialAggregateCache>();
    }
}
