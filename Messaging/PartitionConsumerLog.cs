using Microsoft.Extensions.Logging;

namespace SessionPlatform.Messaging;

// Not nested in the consumer, which is generic: logging methods cannot be generated there.
internal static partial class Log
{
    [LoggerMessage(5121, LogLevel.Warning, "A batch of {Messages} messages is tried again after try {Attempt}")]
    public static partial void TryingAgain(ILogger logger, int messages, int attempt, Exception error);

    [LoggerMessage(5122, LogLevel.Error, "A batch of {Messages} messages failed; they are applied one by one")]
    public static partial void BatchFailed(ILogger logger, int messages, Exception error);

    [LoggerMessage(5123, LogLevel.Error, "A message failed for itself, try {Attempt}")]
    public static partial void MessageFailed(ILogger logger, int attempt, Exception error);
}
