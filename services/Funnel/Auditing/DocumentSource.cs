using System.Runtime.CompilerServices;
using Grpc.Core;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>
/// Sessions as the Sessionizer has them. Calls take as long as they take; they end with the caller's.
/// </summary>
internal sealed class DocumentSource(Sessions.SessionsClient sessions)
{
    private const string Away = "The Sessionizer is away; try again.";

    /// <summary>Sessions by stream and time, some at a time.</summary>
    /// <param name="siteId">The site.</param>
    /// <param name="range">By their start; null: all.</param>
    /// <param name="rules">Null: as stored; else as these rules would make them.</param>
    /// <exception cref="RpcException">What the Sessionizer answered, or that it is away.</exception>
    public async IAsyncEnumerable<IReadOnlyList<SessionDocument>> StreamAsync(
        string siteId, TimeRange? range, SiteRules? rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new StreamDocumentsRequest { SiteId = siteId, Range = range, ByRules = rules };
        using var call = sessions.StreamDocuments(request, cancellationToken: cancellationToken);
        while (await AskAsync(call.ResponseStream.MoveNext(cancellationToken)))
            yield return call.ResponseStream.Current.Documents;
    }

    /// <summary>One session as it is by now; null: there is none of this id.</summary>
    /// <exception cref="RpcException">What the Sessionizer answered, or that it is away.</exception>
    public async Task<SessionDocument?> FindAsync(string siteId, Guid sessionId, CancellationToken cancellationToken)
    {
        var request = new GetSessionRequest { SiteId = siteId, SessionId = sessionId.ToString("D") };
        try
        {
            return (await AskAsync(
                sessions.GetSessionAsync(request, cancellationToken: cancellationToken).ResponseAsync)).Document;
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
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
        catch (RpcException error)
        {
            throw RelayedErrors.ForCaller(error, Away);
        }
    }
}
