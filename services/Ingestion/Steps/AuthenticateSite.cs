using Reason = SessionPlatform.Contracts.Ingestion.V1.Violation.Types.Reason;

namespace SessionPlatform.Ingestion.Steps;

/// <summary>
/// Checks that the event names the site of the key; with the platform key, a site that exists.
/// </summary>
internal static class AuthenticateSite
{
    private const string Field = "site_id";
    private const int MaxLength = 64;

    public static void Apply(EventDraft draft, BatchContext context)
    {
        var id = draft.Sent.SiteId;
        // The site of the key applies even to an event of another one, so that the later checks find further
        // violations.
        draft.Site = context.KeySite ?? context.Sites.GetValueOrDefault(id);
        if (id.Length == 0)
            draft.Violate(Field, Reason.Required, "must name the site");
        else if (!IsSiteId(id))
            draft.Violate(Field, Reason.Invalid,
                "must be 1-64 characters of a-z, 0-9, \"-\", \"_\" and \".\", the first a letter or digit");
        else if (draft.Site is null)
            draft.Violate(Field, Reason.WrongSite, "there is no such site");
        else if (draft.Site.SiteId != id)
            draft.Violate(Field, Reason.WrongSite, "must be the site of the key");
    }

    /// <summary>Whether a text has the format of a site id.</summary>
    public static bool IsSiteId(string id)
    {
        if (id.Length is 0 or > MaxLength || !IsLetterOrDigit(id[0]))
            return false;
        foreach (var character in id)
            if (!IsLetterOrDigit(character) && character is not ('-' or '_' or '.'))
                return false;
        return true;
    }

    private static bool IsLetterOrDigit(char character) => character is (>= 'a' and <= 'z') or (>= '0' and <= '9');
}
