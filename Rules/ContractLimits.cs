namespace SessionPlatform.Rules;

/// <summary>The limits that the contract sets, as the comments of the protos state them. Bytes are of UTF-8.</summary>
public static class ContractLimits
{
    // Ids.

    /// <summary>An event's, visitor's, user's or checkpoint's id, and a session key.</summary>
    public const int MaxIdBytes = 128;

    public const int MaxSiteIdBytes = 64;

    // Events.

    /// <summary>The name of an event, which is also the type of a conversion.</summary>
    public const int MaxEventNameBytes = 128;

    /// <summary>A URL, and the path of a page.</summary>
    public const int MaxUrlBytes = 4096;

    public const int MaxTitleBytes = 512;

    public const int MaxPageCategoryBytes = 64;

    /// <summary>One UTM parameter or click id.</summary>
    public const int MaxCampaignBytes = 256;

    public const int MaxUserAgentBytes = 1024;

    /// <summary>One field of a device, apart from its user agent.</summary>
    public const int MaxDeviceBytes = 64;

    public const int MaxRegionBytes = 64;

    public const int MaxCityBytes = 128;

    /// <summary>One field of the element that was clicked.</summary>
    public const int MaxElementBytes = 512;

    public const int MaxProperties = 50;

    public const int MaxPropertyKeyBytes = 64;

    public const int MaxPropertyValueBytes = 1024;

    public const int MaxAmountDigits = 15;

    public const int MaxAmountDecimals = 6;

    // Requests.

    /// <summary>Events of one request.</summary>
    public const int MaxEventsPerRequest = 1000;

    /// <summary>A request to Ingestion.</summary>
    public const int MaxRequestBytes = 32 * 1024 * 1024;

    /// <summary>An answer. Pages of sessions with long journeys are the largest.</summary>
    public const int MaxResponseBytes = 64 * 1024 * 1024;

    public const int MaxPageSize = 1000;

    // Sites and funnels.

    /// <summary>The name of a goal, a channel or the step of a funnel.</summary>
    public const int MaxNameBytes = 64;

    /// <summary>A glob that paths and other texts are matched by.</summary>
    public const int MaxPatternBytes = 256;

    public const int MaxHostBytes = 253;

    public const int MaxFunnelSteps = 20;

    public const int MaxFunnelsPerSite = 100;

    // Sessions.

    /// <summary>Events that a session's journey, timeline and explanation keep.</summary>
    public const int MaxKeptEvents = 2000;

    // Reports.

    /// <summary>Values that one condition or filter lists.</summary>
    public const int MaxConditionValues = 100;

    /// <summary>A value that one condition or filter lists.</summary>
    public const int MaxConditionValueBytes = 1024;

    /// <summary>A regular expression of a condition.</summary>
    public const int MaxExpressionBytes = 1024;

    /// <summary>Conditions of one match, and filters of one segment.</summary>
    public const int MaxConditions = 20;

    public const int MaxReportRows = 1000;

    public const int MaxReportSeries = 100;
}
