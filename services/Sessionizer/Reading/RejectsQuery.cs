using Npgsql;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Sessionizer.Reading;

/// <summary>How many events were rejected.</summary>
internal static class RejectsQuery
{
    private const string Select = """
        SELECT reason, field, sum(events)::bigint
        FROM rejected_events
        WHERE site_id = $1
            AND rejected_at >= coalesce($2, '-infinity') AND rejected_at < coalesce($3, 'infinity')
        GROUP BY reason, field
        ORDER BY 3 DESC, 1, 2
        """;

    public static async Task<GetRejectCountsResponse> RunAsync(
        NpgsqlDataSource dataSource, string siteId, TimeRange? range, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Select);
        command.Parameters.Add(new() { Value = siteId });
        command.Parameters.Add(TimeRanges.Parameter(range?.From));
        command.Parameters.Add(TimeRanges.Parameter(range?.To));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var response = new GetRejectCountsResponse();
        while (await reader.ReadAsync(cancellationToken))
        {
            var events = checked((uint)reader.GetInt64(2));
            response.Counts.Add(new RejectCount
            {
                Reason = reader.GetString(0),
                Field = reader.GetString(1),
                Events = events,
            });
            response.Total = checked(response.Total + events);
        }

        return response;
    }
}
