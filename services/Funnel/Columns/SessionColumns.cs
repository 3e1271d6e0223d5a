using System.Globalization;
using System.Text.Json;
using Npgsql;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;
using static SessionPlatform.Funnel.Columns.FactColumns;

namespace SessionPlatform.Funnel.Columns;

/// <summary>Builds columns from the rows of <c>session_facts</c>.</summary>
internal sealed class SessionColumns
{
    private const int DimensionsColumn = 16;

    private static readonly Dimension.Types.Name[] Dimensions = [.. OfSession.Keys.Order()];

    private static readonly string SelectSql =
        $"""
        SELECT f.session_id, f.started_at, f.ended_at, f.visitor_id, f.user_id, f.is_bot, f.is_new, f.bounced,
            f.engaged, f.events, f.page_views, f.conversions, f.time_on_page, f.timed_pages, f.scroll_depth,
            f.scrolled_pages,
            {string.Join(", ", Dimensions.Select(name => SessionDimension.Find(name)!.Value))},
            f.revenue::text, f.pages, f.page_categories, f.page_offsets, f.times_on_page, f.scroll_depths, f.load_times,
            f.event_kinds, f.event_names, f.event_counts, f.conversion_types, f.conversion_counts
        FROM session_facts AS f
        WHERE f.site_id = $1 AND f.started_at >= $2 AND f.started_at < $3 AND f.started_hour >= $2
            AND f.started_hour <= $4
        ORDER BY f.started_at, f.session_id
        """;

    private readonly SessionLists sessions;
    private readonly DictionaryColumn[] dimensions;
    private readonly PartLists parts;

    private SessionColumns(FactChunkBuilder builder)
    {
        sessions = new SessionLists(builder);
        dimensions = Array.ConvertAll(Dimensions, name => builder.Texts(OfSession[name]));
        parts = new PartLists(builder);
    }

    /// <param name="connection">A connection in the snapshot in which the chunk was planned.</param>
    public static async Task BuildAsync(
        NpgsqlConnection connection,
        string siteId,
        PlannedChunk chunk,
        FactChunkBuilder builder,
        CancellationToken cancellationToken)
    {
        var columns = new SessionColumns(builder);
        var command = Sql.Command(SelectSql, siteId, chunk.FirstHour, chunk.Before, chunk.LastHour);
        await foreach (var row in ReportDatabase.RowsAsync(connection, command, cancellationToken))
            columns.Add(row);
    }

    private void Add(NpgsqlDataReader row)
    {
        sessions.Add(row);
        for (var index = 0; index < dimensions.Length; index++)
            dimensions[index].Add(row.GetString(DimensionsColumn + index));
        parts.Add(row, DimensionsColumn + dimensions.Length);
    }

    /// <summary>The columns with one value for each session.</summary>
    private sealed class SessionLists(FactChunkBuilder builder)
    {
        private readonly List<Guid> ids = builder.Values(SessionId);
        private readonly List<long> starts = builder.Values(StartedAt);
        private readonly List<long> durations = builder.Values(Duration);
        private readonly DictionaryColumn visitors = builder.Visitors(Visitor);
        private readonly DictionaryColumn users = builder.Texts(User);
        private readonly List<int> flags = builder.Values(Flags);
        private readonly List<int> events = builder.Values(Events);
        private readonly List<int> pageViews = builder.Values(PageViews);
        private readonly List<int> conversions = builder.Values(Conversions);
        private readonly List<long> times = builder.Values(TimeOnPage);
        private readonly List<int> timed = builder.Values(TimedPages);
        private readonly List<double> depths = builder.Values(ScrollDepth);
        private readonly List<int> scrolled = builder.Values(ScrolledPages);

        public void Add(NpgsqlDataReader row)
        {
            var startedAt = row.GetDateTime(1);
            ids.Add(row.GetGuid(0));
            starts.Add((startedAt - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            durations.Add((row.GetDateTime(2) - startedAt).Ticks / TimeSpan.TicksPerMicrosecond);
            visitors.Add(row.GetString(3));
            users.Add(Sql.Text(row, 4));
            flags.Add((int)(
                (row.GetBoolean(5) ? SessionFlags.Bot : SessionFlags.None)
                | (row.GetBoolean(6) ? SessionFlags.New : SessionFlags.None)
                | (row.GetBoolean(7) ? SessionFlags.Bounced : SessionFlags.None)
                | (row.GetBoolean(8) ? SessionFlags.Engaged : SessionFlags.None)));
            events.Add(row.GetInt32(9));
            pageViews.Add(row.GetInt32(10));
            conversions.Add(row.GetInt32(11));
            times.Add(row.GetInt64(12));
            timed.Add(row.GetInt32(13));
            depths.Add(row.GetDouble(14));
            scrolled.Add(row.GetInt32(15));
        }
    }

    /// <summary>The columns with any number of values for each session.</summary>
    private sealed class PartLists(FactChunkBuilder builder)
    {
        private readonly List<int> money = builder.Values(Money.Counts);
        private readonly DictionaryColumn currencies = builder.Texts(MoneyCurrency);
        private readonly List<decimal> amounts = builder.Values(MoneyAmount);
        private readonly List<int> pages = builder.Values(Pages.Counts);
        private readonly DictionaryColumn paths = builder.Texts(PagePath);
        private readonly DictionaryColumn categories = builder.Texts(PageCategory);
        private readonly List<long> offsets = builder.Values(PageOffset);
        private readonly List<long> times = builder.Values(PageTime);
        private readonly List<double> depths = builder.Values(PageScroll);
        private readonly List<double> loads = builder.Values(PageLoad);
        private readonly List<int> types = builder.Values(EventTypes.Counts);
        private readonly DictionaryColumn kinds = builder.Texts(EventKind);
        private readonly DictionaryColumn names = builder.Texts(EventName);
        private readonly List<int> happened = builder.Values(EventCount);
        private readonly List<int> conversions = builder.Values(ConversionTypes.Counts);
        private readonly DictionaryColumn conversionTypes = builder.Texts(ConversionType);
        private readonly List<int> converted = builder.Values(ConversionCount);

        public void Add(NpgsqlDataReader row, int first)
        {
            AddMoney(Sql.Text(row, first));
            AddPages(row, first + 1);
            Add(row, first + 7, types, kinds);
            foreach (var name in Sql.Texts(row, first + 8))
                names.Add(name);
            happened.AddRange(row.GetFieldValue<int[]>(first + 9));
            Add(row, first + 10, conversions, conversionTypes);
            converted.AddRange(Given<int>(row, first + 11));
        }

        private void AddPages(NpgsqlDataReader row, int first)
        {
            var steps = Add(row, first, pages, paths);
            var given = Given<string>(row, first + 1);
            for (var step = 0; step < steps; step++)
                categories.Add(step < given.Length ? given[step] : null);
            AddNumbers(Given<long?>(row, first + 2), steps, offsets);
            AddNumbers(Given<long?>(row, first + 3), steps, times);
            AddNumbers(Given<double?>(row, first + 4), steps, depths);
            AddNumbers(Given<double?>(row, first + 5), steps, loads);
        }

        private void AddMoney(string? json)
        {
            if (json is null)
            {
                money.Add(0);
                return;
            }

            using var byCurrency = JsonDocument.Parse(json);
            var before = amounts.Count;
            foreach (var each in byCurrency.RootElement.EnumerateObject())
            {
                currencies.Add(each.Name);
                amounts.Add(decimal.Parse(each.Value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture));
            }

            money.Add(amounts.Count - before);
        }

        private static int Add(NpgsqlDataReader row, int ordinal, List<int> counts, DictionaryColumn values)
        {
            var given = Given<string>(row, ordinal);
            foreach (var value in given)
                values.Add(value);
            counts.Add(given.Length);
            return given.Length;
        }

        private static void AddNumbers(long?[] given, int steps, List<long> values)
        {
            for (var step = 0; step < steps; step++)
                values.Add(step < given.Length ? given[step] ?? Unknown : Unknown);
        }

        private static void AddNumbers(double?[] given, int steps, List<double> values)
        {
            for (var step = 0; step < steps; step++)
                values.Add(step < given.Length ? given[step] ?? double.NaN : double.NaN);
        }

        private static T[] Given<T>(NpgsqlDataReader row, int ordinal) =>
            row.IsDBNull(ordinal) ? [] : row.GetFieldValue<T[]>(ordinal);
    }
}
