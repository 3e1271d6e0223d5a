using System.Globalization;
using System.Text.Json;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Npgsql;
using SessionPlatform.Contracts.Attribution.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Periods;
using SessionPlatform.Funnel.Segments;
using SessionPlatform.ServiceDefaults.Grpc;
using static SessionPlatform.Contracts.Attribution.V1.GetAttributionRequest.Types;

namespace SessionPlatform.Funnel.Reports.Attribution;

/// <summary>
/// Credits conversions to the preceding sessions of the person. Sessions are streamed person by person, so memory is
/// bounded; a report that would need more fails.
/// </summary>
internal sealed class AttributionReport(
    ReportDatabase database, IOptions<AttributionOptions> options, TimeProvider time)
{
    private const int DefaultLimit = 20;

    private static readonly TimeSpan DefaultLookBack = TimeSpan.FromDays(30);

    private readonly AttributionOptions most = options.Value;

    /// <summary>Computes the report.</summary>
    /// <param name="request">A request validated by <see cref="AttributionRules"/>.</param>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the report is too large.</exception>
    public Task<GetAttributionResponse> ComputeAsync(
        GetAttributionRequest request,
        AskedPeriod period,
        SiteConfiguration configuration,
        CancellationToken cancellationToken) => database.ReadAsync(
            // Converting persons are joined, whatever the unit.
            joinsPersons: true,
            async (connection, token) =>
            {
                var span = await ReportDatabase.ResolveAsync(
                    connection, request.SiteId, period, configuration.TimeZone, time.GetUtcNow().UtcDateTime, token);
                var credits = await CreditsAsync(connection, request, span, token);
                return Answer(credits, request.Limit == 0 ? DefaultLimit : request.Limit);
            },
            cancellationToken);

    private static GetAttributionResponse Answer(Dictionary<string, Credit> credits, int limit)
    {
        var ordered = credits
            .Select(credit => (credit.Key, credit.Value, credit.Value.Conversions))
            .OrderByDescending(credit => credit.Conversions)
            .ThenBy(credit => credit.Key, StringComparer.Ordinal)
            .ToList();
        var (other, total) = (new Credit(), new Credit());
        foreach (var (_, credit, _) in ordered)
            total.Add(credit);
        foreach (var (_, credit, _) in ordered.Skip(limit))
            other.Add(credit);
        return new GetAttributionResponse
        {
            Rows = { ordered.Take(limit).Select(credit => credit.Value.ToRow(credit.Key)) },
            Other = ordered.Count > limit ? other.ToRow("") : null,
            Total = total.ToRow(""),
        };
    }

    private async Task<Dictionary<string, Credit>> CreditsAsync(
        NpgsqlConnection connection,
        GetAttributionRequest request,
        ReportSpan span,
        CancellationToken cancellationToken)
    {
        var lookBack = request.LookBack?.ToTimeSpan() ?? DefaultLookBack;
        var credits = new Dictionary<string, Credit>(StringComparer.Ordinal);
        var window = new TouchWindow(lookBack);
        string? person = null;
        var sessions = 0;
        await foreach (var row in ReportDatabase.RowsAsync(
            connection, Select(request, span, lookBack), cancellationToken))
        {
            if (++sessions > most.MaxSessions)
                throw TooLarge(most.MaxSessions, "sessions of those who convert", ", or a shorter `look_back`");
            if (row.GetString(0) != person)
                window.Clear();
            person = row.GetString(0);
            window.Add(new Touch(row.GetDateTime(1), row.GetString(2), row.GetBoolean(3)));
            if (Sql.Long(row, 4) is not { } conversions)
                continue;
            var session = new ConvertingSession(conversions, Revenue(Sql.Text(row, 5)));
            foreach (var (value, some, parts) in window.Credited(request.Model))
            {
                if (!credits.TryGetValue(value, out var credit))
                    credits[value] = credit = new Credit();
                credit.Add(session, some, parts);
            }

            if (credits.Count > most.MaxValues)
                throw TooLarge(most.MaxValues, "different values", ", or another `dimension`");
        }

        return credits;
    }

    private static NpgsqlBatchCommand Select(GetAttributionRequest request, ReportSpan span, TimeSpan lookBack)
    {
        var parameters = new SqlParameters();
        var persons = PersonSql.Of(parameters, request.SiteId, request.Segment);
        var name = request.Dimension == Dimension.Types.Name.Unspecified
            ? Dimension.Types.Name.Channel
            : request.Dimension;
        var (converts, conversions) = Conversions(parameters, request.ConversionType);
        var isLast = request.Model is Model.Unspecified or Model.Last;
        // The segment applies to converting sessions; of the preceding ones, only those of bots are left out.
        var before = new Segment { IncludeBots = request.Segment is { IncludeBots: true } };
        var whole = span with { From = isLast ? span.From : Instants.Within(span.From.Ticks - lookBack.Ticks) };
        return parameters.ToCommand(
            $"""
            WITH c AS MATERIALIZED (
                SELECT {persons.Person} AS person, f.started_at, f.session_id, {conversions}::bigint AS conversions,
                    f.revenue::text AS revenue
                FROM session_facts AS f{persons.Joins}
                WHERE {SegmentSql.Condition(parameters, request.SiteId, span, request.Segment)} AND {converts}
            )
            SELECT t.person, t.started_at, t.value, t.is_direct, c.conversions, c.revenue
            FROM (
                SELECT {persons.Person} AS person, f.started_at, f.session_id,
                    {SessionDimension.Find(name)!.Value} AS value, f.channel = 'Direct' AS is_direct
                FROM session_facts AS f{persons.Joins}
                WHERE {SegmentSql.Condition(parameters, request.SiteId, whole, before)}) AS t
            {(isLast ? "" : "LEFT ")}JOIN c ON c.started_at = t.started_at AND c.session_id = t.session_id
            WHERE t.person IN (SELECT person FROM c)
            ORDER BY t.person COLLATE "C", t.started_at, t.session_id
            """);
    }

    /// <summary>Returns the SQL for whether a session converts, and for its number of conversions.</summary>
    private static (string Converts, string Conversions) Conversions(SqlParameters parameters, string type)
    {
        if (type.Length == 0)
            return ("f.conversions > 0", "f.conversions");
        var parameter = parameters.Add(type);
        return (
            $"{parameter} = ANY (f.conversion_types)",
            $"""
            (SELECT sum(p.happened) FROM unnest(f.conversion_types, f.conversion_counts) AS p(type, happened)
                    WHERE p.type = {parameter})
            """);
    }

    private static Dictionary<string, decimal> Revenue(string? json) => json is null
        ? []
        : JsonSerializer.Deserialize<Dictionary<string, decimal>>(json)!;

    private static RpcException TooLarge(int bound, string what, string orElse) =>
        GrpcErrors.ResourceExhausted(string.Create(
            CultureInfo.InvariantCulture,
            $"The report has more than {bound:N0} {what}. Take a shorter `period`, more filters{orElse}."));
}
