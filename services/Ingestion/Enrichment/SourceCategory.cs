namespace SessionPlatform.Ingestion.Enrichment;

/// <summary>The kind of a campaign source or referrer.</summary>
internal enum SourceCategory
{
    Unknown,
    Search,
    Social,
    Video,
    Shopping,

    /// <summary>An AI assistant that cites its sources.</summary>
    Assistant,

    /// <summary>Webmail: not a campaign unless it is tagged as one.</summary>
    Mail,
}
