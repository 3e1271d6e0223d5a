namespace SessionPlatform.Funnel.Columns;

internal static class ColumnsExtensions
{
    /// <summary>Registers what reports need to read columns of facts.</summary>
    public static void AddColumns(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ColumnTable>();
        builder.Services.AddSingleton<ReportCache>();
        builder.Services.AddSingleton<ColumnCache>();
        builder.Services.AddSingleton<FilterMatcher>();
        builder.Services.AddSingleton<ColumnBuilder>();
        builder.Services.AddSingleton<FactColumnStore>();
        builder.Services.AddSingleton<ColumnMaterializer>();
        builder.Services.AddSingleton<PartialAggregateCache>();
    }
}
