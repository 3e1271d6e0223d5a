using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Reports.FunnelReports;

/// <summary>
/// The position of the last actor of a page, from which the next page continues. A token is bound to one request by a
/// hash at its start.
/// </summary>
internal sealed class ActorToken
{
    private const int HashBytes = 8;
    // Ids do not contain this character.
    private const char Separator = '\0';

    private readonly byte[] hash;

    private ActorToken(byte[] hash) => this.hash = hash;

    public static ActorToken For(ListFunnelActorsRequest request)
    {
        var same = request.Clone();
        same.PageToken = "";
        same.PageSize = 0;
        return new ActorToken(SHA256.HashData(same.ToByteArray())[..HashBytes]);
    }

    public string Write((string Id, string Key) last) =>
        Base64Url.EncodeToString([.. hash, .. Encoding.UTF8.GetBytes($"{last.Id}{Separator}{last.Key}")]);

    /// <summary>Returns the position in a token; null for the first page.</summary>
    public (string Id, string Key)? Read(string token)
    {
        if (token.Length == 0)
            return null;
        if (Base64Url.IsValid(token) && Base64Url.DecodeFromChars(token) is { } bytes
            && bytes.AsSpan().StartsWith(hash)
            && Encoding.UTF8.GetString(bytes.AsSpan(HashBytes)).Split(Separator) is [var id, var key])
        {
            return (id, key);
        }

        throw GrpcErrors.InvalidArgument("page_token", "must be `next_page_token` of an answer to the same request");
    }
}
