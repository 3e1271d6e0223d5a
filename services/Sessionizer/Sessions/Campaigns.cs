using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Sessionizer.Sessions;

/// <summary>When campaign parameters count, and when they are of the same campaign.</summary>
internal static class Campaigns
{
    /// <summary>The event's campaign parameters; null when source, medium and campaign are all empty.</summary>
    public static Utm? Of(AcceptedEvent e) =>
        e.Utm is { } utm && (utm.Source.Length > 0 || utm.Medium.Length > 0 || utm.Campaign.Length > 0) ? utm : null;

    /// <summary>Whether source, medium and campaign are the same, ignoring case.</summary>
    public static bool Same(Utm one, Utm other) =>
        string.Equals(one.Source, other.Source, StringComparison.OrdinalIgnoreCase)
        && string.Equals(one.Medium, other.Medium, StringComparison.OrdinalIgnoreCase)
        && string.Equals(one.Campaign, other.Campaign, StringComparison.OrdinalIgnoreCase);
}
