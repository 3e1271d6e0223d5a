using System.Runtime.CompilerServices;
using Grpc.Core;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>
/// Reads sessions from the Sessionizer. Calls have no deadline of their own; they end when the calling request does.
/// </summary>
internal sealed class DocumentSource(Sessions.SessionsClient sessions)
{
    private const string Away = "The Sessionizer is away; try again.";

    /// <summary>Streams sessions in batches, ordered by stream and time.</summary>
    /// <param name="siteId">The id of the site.</param>
    /// <param name="range">The range of their start; null for all sessions.</param>
    /// <param name="rules">Rules to recompute the sessions by; null for the stored sessions.</param>
    /// <exception cref="RpcException">The error of the Sessionizer, or UNAVAILABLE.</exception>
    public async IAsyncEnumerable<IReadOnlyList<SessionDocument>> StreamAsync(
        string siteId, TimeRange? range, SiteRules? rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new StreamDocumentsRequest { SiteId = siteId, Range = range, ByRules = rules };
        using var call = sessions.StreamDocuments(request, cancellationToken: cancellationToken);
        while (await AskAsync(call.ResponseStream.MoveNext(cancellationToken)))
            yield return call.ResponseStream.Current.Documents;
    }

    /// <summary>Returns the current state of a session; null when there is none with this id.</summary>
    /// <exception cref="RpcException">The error of the Sessionizer, or UNAVAILABLE.</exception>
    public async Task<SessionDocument?> FindAsync(string siteId, Guid sessionId, CancellationToken cancellationToken)
    {
        var request = new GetSessionRequest { SiteId = siteId, SessionId = sessionId.ToString("D") };
        try
        {
            return (await AskAsync(
                sessions.GetSessionAsync(request, cancellationToken: cancellationToken).ResponseAsync)).Document;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    private static async Task<T> AskAsync<T>(Task<T> answer)
    {
        try
        {
            return await answer;
        }
        catch (RpcException exception)
        {
            throw RelayedErrors.ForCaller(exception, Away);
        }
    }
}
