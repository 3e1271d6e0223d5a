using SessionPlatform.Contracts.Sessions.V1;

namespace SessionPlatform.Funnel.Auditing;

/// <summary>Stands in for DocumentDifference of the Oracle until that is there: the document as a whole.</summary>
internal static class DocumentFields
{
    public static IEnumerable<(string Field, string? Stored, string? Recomputed)> Between(
        SessionDocument stored, SessionDocument recomputed) => [("", stored.ToString(), recomputed.ToString())];
}
