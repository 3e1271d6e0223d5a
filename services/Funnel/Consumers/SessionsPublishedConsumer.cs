using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.Messaging;

namespace SessionPlatform.Funnel.Consumers;

/// <summary>
/// Applies what the Sessionizer publishes. A fact that comes again changes nothing, so chunks may commit apart.
/// </summary>
internal sealed class SessionsPublishedConsumer(
    Applier applier, ColumnMaterializer columns, IOptions<FunnelOptions> options)
    : PartitionConsumer<SessionsPublished>
{
    public const string Queue = "funnel-sessions";

    protected override async Task ApplyAsync(
        IReadOnlyList<SessionsPublished> messages, CancellationToken cancellationToken)
    {
        var changes = Change.Newest(messages.SelectMany(message => message.Facts).Select(Change.Of));
        foreach (var chunk in changes.Chunk(options.Value.ApplyBatch))
            await applier.ApplyAsync(chunk, cancellationToken);
        foreach (var siteId in changes.Select(change => change.Key.SiteId).Distinct())
            columns.Touch(siteId);
    }
}
