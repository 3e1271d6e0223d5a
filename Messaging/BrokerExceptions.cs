using SessionPlatform.ServiceDefaults;

namespace SessionPlatform.Messaging;

/// <summary>
/// The broker did not confirm a message: it is away or too slow. The message may have arrived nonetheless.
/// </summary>
public sealed class BrokerUnavailableException(string message, Exception? innerException = null)
    : TransientException(message, innerException);

/// <summary>
/// The broker refused a message: a queue that it belongs in is at its bound, or, for a moment after a restart, has no
/// leader yet. The broker does not say which.
/// </summary>
public sealed class BrokerFullException(string message, Exception? innerException = null)
    : TransientException(message, innerException);
