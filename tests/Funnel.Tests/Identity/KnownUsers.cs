using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Tests.Identity;

/// <summary>Who is who, found in the plainest way.</summary>
internal sealed class KnownUsers
{
    private readonly Dictionary<string, string> users = [];
    private readonly Dictionary<string, string> firsts = [];

    public KnownUsers(IEnumerable<Session> sessions, IReadOnlySet<(string Visitor, string User)> revoked)
    {
        foreach (var visitor in sessions.GroupBy(session => session.VisitorId))
        {
            var latest = InOrder(visitor).LastOrDefault(
                session => session.UserId.Length > 0 && !revoked.Contains((visitor.Key, session.UserId)));
            if (latest is not null)
                users[visitor.Key] = latest.UserId;
        }

        foreach (var person in sessions.Where(session => session.IsNew).GroupBy(session => PersonOf(session.VisitorId)))
            firsts[person.Key] = InOrder(person).First().SessionId;
    }

    /// <summary>A user where the visitor is tied to one.</summary>
    public string PersonOf(string visitorId) =>
        users.TryGetValue(visitorId, out var user) ? $"user {user}" : $"visitor {visitorId}";

    public bool IsNew(Session session) =>
        session.IsNew
        && (!users.ContainsKey(session.VisitorId) || firsts[PersonOf(session.VisitorId)] == session.SessionId);

    public string? UserOf(string visitorId) => users.GetValueOrDefault(visitorId);

    private static IEnumerable<Session> InOrder(IEnumerable<Session> sessions) => sessions
        .OrderBy(session => session.StartedAt.ToDateTime())
        .ThenBy(session => session.SessionId, StringComparer.Ordinal);
}
