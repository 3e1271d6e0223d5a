using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Identity;
using SessionPlatform.Funnel.Segments;

namespace SessionPlatform.Funnel.Reports.Metrics;

/// <summary>Who is there now: visitors, or users, by the page of the session that they were last seen in.</summary>
internal sealed class ActiveVisitorsReport(ReportDatabase database, TimeProvider time)
{
    private const int DefaultSeconds = 300;
    private const int DefaultLimit = 10;
    private const int HourSeconds = 3600;

    /// <param name="request">Checked by <see cref="ReportRules"/>.</param>
    public Task<GetActiveVisitorsResponse> ComputeAsync(
        GetActiveVisitorsRequest request, CancellationToken cancellationToken) =>
        database.ReadAsync(
            PersonSql.IsJoined(request.Segment),
            async (connection, token) =>
            {
                var parameters = new SqlParameters();
                var sql = SqlOf(request, parameters);
                var command = parameters.ToCommand(sql);
                var response = new GetActiveVisitorsResponse();
                var limit = request.Limit == 0 ? DefaultLimit : request.Limit;
                await foreach (var row in ReportDatabase.RowsAsync(connection, command, token))
                {
                    var visitors = FunnelTable.Count(row.GetInt64(1));
                    response.Visitors += visitors;
                    if (response.Pages.Count < limit)
                        response.Pages.Add(new ActivePage { Path = row.GetString(0), Visitors = visitors });
                }

                return response;
            },
            cancellationToken);

    private string SqlOf(GetActiveVisitorsRequest request, SqlParameters parameters)
    {
        var seconds = request.WithinSeconds == 0 ? DefaultSeconds : request.WithinSeconds;
        var since = time.GetUtcNow().UtcDateTime.AddSeconds(-seconds);
        var hour = (int)Math.Floor((since - DateTime.UnixEpoch).TotalSeconds / HourSeconds);
        var persons = PersonSql.Of(parameters, request.SiteId, request.Segment);
        return $"""
            SELECT a.page, count(*) FROM (
                SELECT DISTINCT ON ({persons.Person}) coalesce(f.exit_page, '') AS page
                FROM session_facts AS f{persons.Joins}
                WHERE f.site_id = {parameters.Add(request.SiteId)} AND f.ended_hour >= {parameters.Add(hour)}
                    AND f.ended_at >= {parameters.Add(since)}{SegmentSql.Condition(parameters, request.Segment)}
                ORDER BY {persons.Person}, f.ended_at DESC, f.started_at DESC, f.session_id DESC) AS a
            GROUP BY a.page ORDER BY count(*) DESC, a.page COLLATE "C"
            """;
    }
}
