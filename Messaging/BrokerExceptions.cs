using SessionPlatform.ServiceDefaults;

namespace SessionPlatform.Messaging;

/// <summary>
/// The broker did not confirm a message in time, or is unavailable. The message may have arrived nonetheless.
/// </summary>
public sealed class BrokerUnavailableException(string message, Exception? innerException = null)
    : TransientException(message, innerException);

/// <summary>
/// The broker refused a message: a queue of the message is full, or has no leader yet shortly after a restart. The
/// broker does not say which.
/// </summary>
public sealed class BrokerFullException(string message, Exception? innerException = null)
    : TransientException(message, innerException);
