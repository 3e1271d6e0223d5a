using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Funnel.Tests.Columns;
using static SessionPlatform.Funnel.Tests.Sample;
using Kind = SessionPlatform.Contracts.Jobs.V1.AuditDifference.Types.Kind;

namespace SessionPlatform.Funnel.Tests.Auditing;

/// <summary>Whatever somebody does to the tables is found, named, and mended.</summary>
[Collection(PostgresCollection.Name)]
public sealed class DamageTests(PostgresFixture postgres) : JobsHost(postgres)
{
    private const string A = "{a}";
    private const string Facts = "session_facts {a}";
    private const string Other = "0f8fad5b-d9cb-869f-a165-70867728950e";

    /// <summary>SQL; and of one of the differences subject, field, stored and recomputed: "*" is anything.</summary>
    public static TheoryData<string, string, string, string?, string?> Damages => new()
    {
        { $"DELETE FROM session_documents WHERE session_id = '{A}'", A, "", null, "revision 2" },
        {
            "INSERT INTO session_documents (site_id, visitor_id, session_id, started_at, revision, retracted, "
                + "configuration_version, document, contribution) SELECT site_id, visitor_id, "
                + $"'{Other}', started_at, 4, retracted, configuration_version, document, contribution "
                + $"FROM session_documents WHERE session_id = '{A}'",
            Other, "", "revision 4", null
        },
        { Set("visitor_id = 'somebody'"), A, "", "revision 2", null },
        {
            Set("retracted = true, document = NULL, contribution = NULL"),
            A, "", "retracted at revision 2", "revision 2"
        },
        {
            Set("retracted = true, document = NULL, contribution = NULL, revision = 9"),
            A, "", "retracted at revision 9", "revision 2"
        },
        { Set("document = (SELECT document FROM session_documents WHERE session_id = '{b}')"), A, "*", "*", "*" },
        // One field more, or another value of it: a message that is appended is merged into the one before.
        { Set("document = document || '\\x0a03980101'"), A, "session.closed", "true", "false" },
        { Set("document = document || '\\x0a03900109'"), A, "session.revision", "9", "2" },
        { Set("document = document || '\\xf80701'"), A, "", "unknown fields", "revision 2" },
        { Set("document = document || '\\x0a023807'"), A, "session.page_views", "7", "3" },
        { Set("document = '\\xff00'"), A, "", "unreadable", "revision 2" },
        { Set("document = ''"), A, "", "unreadable", "revision 2" },
        { Set("document = '\\xff00', contribution = '\\xff00'"), A, "", "unreadable", "revision 2" },
        { Set("document = '\\xff00', configuration_version = 0"), A, "", "unreadable", "revision 2" },
        { Set("revision = 1"), A, "revision", "1", "2" },
        { Set("revision = 99"), A, "revision", "99", "2" },
        {
            Set("started_at = started_at + interval '3 days'"),
            A, "started_at", "2025-07-04T12:00:00.0000000Z", "2025-07-01T12:00:00.0000000Z"
        },
        { Set("started_at = 'infinity'"), A, "started_at", "*", "2025-07-01T12:00:00.0000000Z" },
        { Set("contribution = '\\xff00'"), $"contribution {A}", "", "unreadable", "*" },
        { Set("contribution = ''"), $"contribution {A}", "", "unreadable", "*" },
        {
            Set("contribution = (SELECT contribution FROM session_documents WHERE session_id = '{b}')"),
            $"contribution {A}", "page_views", "1", "3"
        },
        { Set("configuration_version = 77"), $"contribution {A}", "configuration_version", "77", "2" },
        { Set("configuration_version = 0"), "counted_versions 0", "sessions", "-1", "0" },
        { Row("day_totals", "sessions = sessions + 1"), "day_totals 2025-07-01", "sessions", "3", "2" },
        { Row("day_totals", "visitors = visitors - 1"), "day_totals 2025-07-01", "visitors", "0", "1" },
        { Row("day_totals", "duration_microseconds = 7"), "day_totals 2025-07-01", "duration_microseconds", "7", "0" },
        { Delete("day_totals"), "day_totals 2025-07-01", "page_views", null, "4" },
        {
            "INSERT INTO day_totals VALUES ('{site}', '2025-09-09', 1, 1, 1, 0, 0, 0, 0, 0)",
            "day_totals 2025-09-09", "sessions", "1", null
        },
        {
            "INSERT INTO day_totals VALUES ('{site}', 'infinity', 1, 1, 1, 0, 0, 0, 0, 0)",
            "day_totals 9999-12-31", "sessions", "1", null
        },
        { Row("day_revenue", "amount = amount + 0.01"), "day_revenue 2025-07-01 CHF", "amount", "19.91", "19.9" },
        { Row("day_revenue", "amount = 'NaN'"), "day_revenue 2025-07-01 CHF", "amount", "NaN", "19.9" },
        { Row("day_revenue", "amount = 1e100"), "day_revenue 2025-07-01 CHF", "amount", "*", "19.9" },
        { Delete("day_revenue"), "day_revenue 2025-07-01 CHF", "sessions", null, "1" },
        {
            "INSERT INTO day_revenue VALUES ('{site}', '2025-07-01', 'EUR', 0, 5)",
            "day_revenue 2025-07-01 EUR", "amount", "5", null
        },
        { Row("day_visitors", "sessions = 7"), "day_visitors 2025-07-01 visitor v", "sessions", "7", "2" },
        { Delete("day_visitors"), "day_visitors 2025-07-01 visitor v", "sessions", null, "2" },
        {
            "INSERT INTO day_visitors VALUES ('{site}', '2025-07-01', 'ghost', 1)",
            "day_visitors 2025-07-01 visitor ghost", "sessions", "1", null
        },
        {
            Row("funnel_days", "sessions = 5") + " AND stage = 3",
            "funnel_days own 2025-07-01 stage 3", "sessions", "5", "1"
        },
        { Delete("funnel_days"), "funnel_days ecommerce 2025-07-01 stage 6", "sessions", null, "1" },
        {
            "INSERT INTO funnel_days VALUES ('{site}', 0, '2025-07-01', 2, 1)",
            "funnel_days #0 2025-07-01 stage 2", "sessions", "1", null
        },
        {
            Row("funnel_visitors", "sessions = 5") + " AND stage = 3",
            "funnel_visitors own 2025-07-01 visitor v stage 3", "sessions", "5", "1"
        },
        { Delete("funnel_visitors"), "funnel_visitors ecommerce 2025-07-01 visitor v stage 6", "sessions", null, "1" },
        {
            "INSERT INTO funnel_visitors SELECT site_id, funnel_id, day, 'ghost', 1, 1 FROM funnel_days "
                + "WHERE site_id = '{site}' AND stage = 3",
            "funnel_visitors own 2025-07-01 visitor ghost stage 1", "sessions", "1", null
        },
        {
            "UPDATE counted_versions SET sessions = 50 WHERE site_id = '{site}'",
            "counted_versions 2", "sessions", "50", "3"
        },
        { "DELETE FROM counted_versions WHERE site_id = '{site}'", "counted_versions 2", "sessions", null, "3" },
        { Fact("visitor_id = 'somebody'"), Facts, "visitor_id", "somebody", "v" },
        { Fact("is_bot = true"), Facts, "is_bot", "true", "false" },
        { Fact("page_views = 7"), Facts, "page_views", "7", "3" },
        { Fact("revenue = NULL"), Facts, "revenue", null, "{\"CHF\": 19.90}" },
        { Fact("event_counts = '{9}'"), Facts, "event_counts", "{9}", "{3,1}" },
        { Fact("session_id = '" + Other + "'"), Facts, "session_id", null, A },
        { Fact("session_id = '" + Other + "'"), $"session_facts {Other}", "session_id", Other, null },
        { Fact("started_at = started_at + interval '1 year'"), Facts, "session_id", A, null },
        { Fact("started_at = 'infinity'"), Facts, "session_id", A, null },
        { Fact("started_at = '-infinity'"), Facts, "session_id", A, null },
        {
            "DELETE FROM session_facts WHERE site_id = '{site}' AND session_id = '{a}'", Facts, "session_id", null, A
        },
        { Hour("sessions = 7"), "hour_totals 2025-07-01T11:30:00Z", "sessions", "7", "1" },
        { Hour("duration_microseconds = 1"), "hour_totals 2025-07-01T11:30:00Z", "duration_microseconds", "1", "0" },
        { Hour("is_bot = true"), "hour_totals 2025-07-01T11:30:00Z bots", "page_views", "3", null },
        { Hour("hour = 'infinity'"), "hour_totals 2025-07-01T11:30:00Z", "page_views", null, "3" },
        {
            "DELETE FROM hour_totals WHERE site_id = '{site}'",
            "hour_totals 2025-07-02T11:30:00Z", "page_views", null, "2"
        },
        {
            "UPDATE fact_columns SET packed = set_byte(packed, 9, 99) WHERE site_id = '{site}' AND name = 'conversions' "
                + "AND first_hour = '2025-07-01T11:30:00Z'",
            "fact_columns conversions 2025-07-01T11:30:00Z", "value 0", "100", "1"
        },
        {
            "UPDATE text_numbers SET text = 'another' WHERE site_id = '{site}' AND text = '/'",
            "fact_columns timeline_path 2025-07-01T11:30:00Z", "value 0", "*", "*"
        },
        { "INSERT INTO counted_versions VALUES ('{site}', 1, 1)", "counted_versions 1", "sessions", "1", "0" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Damage_is_found_named_and_mended(
        string sql, string subject, string field, string? stored, string? recomputed)
    {
        await SessionsAsync();
        (await AuditAsync()).AssertClean();
        var before = await DumpAsync();
        Assert.InRange(await ExecuteAsync(Fill(sql)), 1, 10);

        var found = await AuditAsync();
        Assert.Contains(found.Differences, difference =>
            difference.Subject == Fill(subject) && Is(field, difference.Field)
            && Is(Fill(stored), difference.HasStored ? difference.Stored : null)
            && Is(Fill(recomputed), difference.HasRecomputed ? difference.Recomputed : null));
        Assert.All(found.Differences, difference => Assert.Equal(
            Guid.TryParse(difference.Subject, out _) ? Kind.Document : Kind.Aggregate, difference.Kind));
        Assert.Equal((ulong)found.Differences.Count, found.Summary.Differences);
        Assert.Equal(0ul, found.Summary.Repaired);

        var mended = await AuditAsync(repair: true);
        Assert.InRange(mended.Summary.Repaired, 1ul, ulong.MaxValue);
        (await AuditAsync()).AssertClean();
        Assert.Equal(before, await DumpAsync());
    }

    [Fact]
    public async Task All_of_it_lost_comes_back()
    {
        await SessionsAsync();
        var before = await DumpAsync();
        foreach (var table in new[]
        {
            "session_documents", "day_totals", "day_revenue", "day_visitors", "funnel_days", "funnel_visitors",
            "counted_versions", "session_facts", "hour_totals",
        })
        {
            await ExecuteAsync($"DELETE FROM {table} WHERE site_id = '{SiteId}'");
        }

        Assert.Equal(3ul, (await AuditAsync(repair: true)).Summary.Repaired);
        (await AuditAsync()).AssertClean();
        Assert.Equal(before, await DumpAsync());
    }

    [Fact]
    public async Task Results_copied_from_damaged_rows_are_right_after_the_repair()
    {
        var replica = Replica;
        await HappensAsync(Updated(Document(SiteId, "v", SessionId(SiteId, 0), Noon, 1, Page("/"))));
        await ExecuteAsync($"DELETE FROM funnel_visitors WHERE site_id = '{SiteId}'");
        Assert.Equal(0u, await VisitorsAsync());
        await AuditAsync(repair: true);
        Assert.Equal(1u, await VisitorsAsync());

        async Task<uint> VisitorsAsync()
        {
            var answer = await replica.Results.GetAsync(SiteId, "ecommerce", null, null, CancellationToken.None);
            return answer!.Stages[0].Visitors;
        }
    }

    [Fact]
    public async Task Facts_that_missed_a_mark_are_corrected()
    {
        await SessionsAsync();
        await ExecuteAsync($"INSERT INTO bot_marks VALUES ('{SiteId}', 'v', true, now())");

        var found = await AuditAsync();
        Assert.Equal(["is_bot", "is_bot"], found.Differences.Select(difference => difference.Field));
        // Two sessions, and of each of their hours the totals of people and of bots.
        Assert.Equal(6ul, (await AuditAsync(repair: true)).Summary.Repaired);
        (await AuditAsync()).AssertClean();
        Assert.Equal("2", await ScalarAsync(
            $"SELECT count(*) FROM session_facts WHERE site_id = '{SiteId}' AND visitor_id = 'v' AND is_bot"));
    }

    [Fact]
    public async Task A_range_leaves_other_days_alone()
    {
        await SessionsAsync();
        await ExecuteAsync($"UPDATE day_totals SET sessions = 70 WHERE site_id = '{SiteId}'");
        // 2025-07-02 in Newfoundland begins and ends at 02:30 UTC.
        var touched = new TimeRange
        {
            From = new DateTime(2025, 7, 3, 2, 29, 0, DateTimeKind.Utc).ToTimestamp(),
            To = new DateTime(2025, 7, 3, 2, 30, 0, DateTimeKind.Utc).ToTimestamp(),
        };

        var repaired = await AuditAsync(repair: true, touched);
        Assert.Equal(["day_totals 2025-07-02"], repaired.Differences.Select(difference => difference.Subject));
        Assert.Equal(0ul, repaired.Summary.Documents);
        Assert.Equal("70", await ScalarAsync(
            $"SELECT sessions FROM day_totals WHERE site_id = '{SiteId}' AND day = '2025-07-01'"));
    }

    private static string Set(string change) =>
        $"UPDATE session_documents SET {change} WHERE site_id = '{{site}}' AND session_id = '{A}'";

    private static string Fact(string change) =>
        $"UPDATE session_facts SET {change} WHERE site_id = '{{site}}' AND session_id = '{A}'";

    // The clock of Newfoundland shows 9:00.
    private static string Hour(string change) =>
        $"UPDATE hour_totals SET {change} WHERE site_id = '{{site}}' AND hour = '2025-07-01T11:30:00Z'";

    private static string Row(string table, string change) =>
        $"UPDATE {table} SET {change} WHERE site_id = '{{site}}' AND day = '2025-07-01'";

    private static string Delete(string table) =>
        $"DELETE FROM {table} WHERE site_id = '{{site}}' AND day = '2025-07-01'";

    private static bool Is(string? expected, string? actual) =>
        expected == "*" ? actual is not null : expected == actual;

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    private string? Fill(string? text) => text?
        .Replace("{site}", SiteId, StringComparison.Ordinal)
        .Replace("{a}", IdOf(0).ToString(), StringComparison.Ordinal)
        .Replace("{b}", IdOf(1).ToString(), StringComparison.Ordinal);

    // Apart from those of other tests in the same tables.
    private Guid IdOf(int number) => SessionId(SiteId, number);

    /// <summary>Two sessions on 1 July, one on the 2nd, and one that is no more.</summary>
    private async Task SessionsAsync()
    {
        var a = Sample.Document(
            SiteId, "v", IdOf(0), Noon, 2, Page("/", "category"), Page("/c", "cart"), Page("/o", "checkout"),
            Event("purchase"));
        a.Session.Revenue.Add(new Money { Currency = "CHF", Amount = "19.90" });
        var b = Sample.Document(SiteId, "v", IdOf(1), Noon.AddHours(1), 1, Page("/", "product"));
        var c = Sample.Document(SiteId, "w", IdOf(2), Noon.AddDays(1), 3, Page("/", "home"), Page("/", "category"));
        var gone = Sample.Document(SiteId, "w", IdOf(3), Noon.AddDays(2), 1, Page("/", "category"));
        await HappensAsync(Updated(a), Updated(b), Updated(c), Updated(gone));
        await HappensAsync(Retracted(gone, 2));
        // A report copied them into columns.
        using var columns = new ColumnsOf(DataSource);
        await columns.ReadAsync((await Replica.Configurations.FindAsync(SiteId, CancellationToken.None))!);
    }
}
