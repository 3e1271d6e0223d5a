using Microsoft.Extensions.Logging;

namespace SessionPlatform.Messaging;

// Not nested in the consumer, since logging methods cannot be generated in a generic class.
internal static partial class Log
{
    [LoggerMessage(5121, LogLevel.Warning, "A batch of {Messages} messages failed (attempt {Attempt}); it is retried")]
    public static partial void Retrying(ILogger logger, int messages, int attempt, Exception exception);

    [LoggerMessage(5122, LogLevel.Error, "A batch of {Messages} messages failed; its messages are applied one by one")]
    public static partial void BatchFailed(ILogger logger, int messages, Exception exception);

    [LoggerMessage(5123, LogLevel.Error, "A message could not be processed (attempt {Attempt})")]
    public static partial void MessageFailed(ILogger logger, int attempt, Exception exception);
}
