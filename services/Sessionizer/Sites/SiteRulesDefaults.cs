using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Sessionizer.Sites;

/// <summary>The defaults of site rules, as <c>sites.proto</c> documents them; the only place that knows them.</summary>
internal static class SiteRulesDefaults
{
    // Visitors leave for these in the middle of a visit, to pay or to log in, and come back.
    private static readonly string[] IgnoredReferrers =
    [
        "accounts.google.com", "pay.google.com", "appleid.apple.com", "login.microsoftonline.com", "login.live.com",
        "login.yahoo.com", "okta.com", "auth0.com", "onelogin.com",
        "paypal.com", "stripe.com", "klarna.com", "adyen.com", "mollie.com", "checkout.com", "worldpay.com",
        "braintreegateway.com", "authorize.net", "squareup.com", "checkout.shopify.com", "afterpay.com",
        "affirm.com", "sofort.com", "giropay.de", "paydirekt.de", "postfinance.ch", "twint.ch", "datatrans.com",
        "saferpay.com", "payu.com", "razorpay.com", "2checkout.com", "sagepay.com", "opayo.co.uk",
        "payments.amazon.com", "pay.amazon.com", "arcot.com", "securesuite.net", "3dsecure.io",
    ];

    private static readonly string[] Browse =
        ["/search**", "/category/**", "/categories/**", "/collections/**", "/shop**", "/products"];

    private static readonly string[] Product = ["/product/**", "/products/**", "/item/**", "/p/**"];

    private static readonly string[] Cart = ["/cart**", "/basket**", "/bag**"];

    private static readonly string[] Checkout = ["/checkout**"];

    private static readonly string[] Confirmation =
    [
        "/confirmation**", "/thank-you**", "/order-confirmed**", "/checkout/confirmation**", "/checkout/complete**",
        "/checkout/success**",
    ];

    /// <summary>A copy of the rules in which every field that was absent has its default.</summary>
    public static SiteRules Complete(SiteRules? rules)
    {
        var complete = rules?.Clone() ?? new SiteRules();
        complete.Timeout ??= Duration.FromTimeSpan(TimeSpan.FromMinutes(30));
        complete.MaxDuration ??= Duration.FromTimeSpan(TimeSpan.FromHours(24));
        if (complete.Campaign == SiteRules.Types.CampaignPolicy.Unspecified)
            complete.Campaign = SiteRules.Types.CampaignPolicy.BothPresent;
        complete.ExplicitBoundaries = !complete.HasExplicitBoundaries || complete.ExplicitBoundaries;
        complete.SessionKeyBoundaries = !complete.HasSessionKeyBoundaries || complete.SessionKeyBoundaries;
        complete.ReferrerBoundaries = !complete.HasReferrerBoundaries || complete.ReferrerBoundaries;
        complete.IgnoredReferrers ??= new HostList { Hosts = { IgnoredReferrers } };
        complete.EngagedDuration ??= Duration.FromTimeSpan(TimeSpan.FromSeconds(10));
        if (complete.EngagedPageViews == 0)
            complete.EngagedPageViews = 2;
        complete.MaxEventAge ??= Duration.FromTimeSpan(TimeSpan.FromDays(7));
        if (complete.SessionKey == SiteRules.Types.SessionKeyPolicy.Unspecified)
            complete.SessionKey = SiteRules.Types.SessionKeyPolicy.Boundary;
        complete.Midnight = complete.HasMidnight && complete.Midnight;
        if (complete.TimeZone.Length == 0)
            complete.TimeZone = "UTC";
        if (complete.WeekStart == SiteRules.Types.Weekday.Unspecified)
            complete.WeekStart = SiteRules.Types.Weekday.Monday;
        Complete(complete.Ecommerce ??= new EcommercePages());
        return complete;
    }

    private static void Complete(EcommercePages pages)
    {
        AddIfEmpty(pages.Browse, Browse);
        AddIfEmpty(pages.Product, Product);
        AddIfEmpty(pages.Cart, Cart);
        AddIfEmpty(pages.Checkout, Checkout);
        AddIfEmpty(pages.Confirmation, Confirmation);
    }

    private static void AddIfEmpty(RepeatedField<string> patterns, string[] defaults)
    {
        if (patterns.Count == 0)
            patterns.AddRange(defaults);
    }
}
