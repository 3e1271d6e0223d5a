using Microsoft.Extensions.Options;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Columns;
using SessionPlatform.Funnel.Documents;
using SessionPlatform.Messaging;

namespace SessionPlatform.Funnel.Consumers;

/// <summary>
/// Applies the session facts that the Sessionizer publishes. Applying is idempotent, so batches commit independently.
/// </summary>
internal sealed class SessionsPublishedConsumer(
    Applier applier, ColumnMaterializer columns, IOptions<ApplyOptions> options)
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
