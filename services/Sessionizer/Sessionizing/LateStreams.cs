using Npgsql;
using SessionPlatform.Sessionizer.Storage;

namespace SessionPlatform.Sessionizer.Sessionizing;

/// <summary>Places the late events of many streams side by side: each round trip answers all their requests.</summary>
internal static class LateStreams
{
    public static async Task PlaceAsync(
        NpgsqlConnection connection, IReadOnlyList<LateStream> streams, CancellationToken cancellationToken)
    {
        var active = streams.Select(stream => (Stream: stream, Requests: stream.Place().GetEnumerator())).ToList();
        while (true)
        {
            active.RemoveAll(a => !a.Requests.MoveNext());
            if (active.Count == 0)
                return;

            var forSessions = active.Where(a => a.Requests.Current.Sessions is not null).ToList();
            if (forSessions.Count > 0)
            {
                var windows = forSessions.ConvertAll(a => a.Requests.Current.Sessions!.Value);
                var sessions = await SessionTable.LoadAsync(connection, windows, cancellationToken);
                for (var i = 0; i < sessions.Length; i++)
                    forSessions[i].Stream.LoadedSessions = sessions[i];
            }

            var forEvents = active.Where(a => a.Requests.Current.Events is not null).ToList();
            if (forEvents.Count > 0)
            {
                var ranges = forEvents.ConvertAll(a => a.Requests.Current.Events!.Value);
                var events = await EventTable.LoadAsync(connection, ranges, cancellationToken);
                for (var i = 0; i < events.Length; i++)
                    forEvents[i].Stream.LoadedEvents = events[i];
            }
        }
    }
}
