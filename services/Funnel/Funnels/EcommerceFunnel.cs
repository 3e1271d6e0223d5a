using Google.Protobuf.Collections;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Rules;

namespace SessionPlatform.Funnel.Funnels;

/// <summary>
/// The built-in funnel Entry → Browse → Product → Cart → Checkout → Confirmation. A session that reached a stage counts
/// for every earlier stage, regardless of the order of its pages.
/// </summary>
internal sealed class EcommerceFunnel : IFunnel
{
    public const string Name = "ecommerce";

    /// <summary>The kind of event that always reaches Entry.</summary>
    public const string PageView = "pageview";

    /// <summary>The kind of event that always reaches Confirmation.</summary>
    public const string Purchase = "purchase";

    private readonly (Stage Stage, Glob[] Patterns)[] pages;

    /// <param name="pages">The patterns of the site; an empty list stands for the default patterns.</param>
    public EcommerceFunnel(EcommercePages? pages)
    {
        var given = pages ?? new EcommercePages();
        // From the last stage to the first: when patterns of two stages match, the later stage wins.
        this.pages =
        [
            (Stage.Confirmation, Compile(given.Confirmation, "/confirmation**", "/thank-you**", "/order-confirmed**",
                "/checkout/confirmation**", "/checkout/complete**", "/checkout/success**")),
            (Stage.Checkout, Compile(given.Checkout, "/checkout**")),
            (Stage.Cart, Compile(given.Cart, "/cart**", "/basket**", "/bag**")),
            (Stage.Product, Compile(given.Product, "/product/**", "/products/**", "/item/**", "/p/**")),
            (Stage.Browse, Compile(given.Browse, "/search**", "/category/**", "/categories/**", "/collections/**",
                "/shop**", "/products")),
        ];
    }

    /// <summary>
    /// The stages in order. The value of a stage is the number of stages that a session there has reached.
    /// </summary>
    public enum Stage
    {
        None,
        Entry,
        Browse,
        Product,
        Cart,
        Checkout,
        Confirmation,
    }

    /// <summary>The definition that callers see: the stages, and the main page category of each.</summary>
    public static FunnelDefinition Definition { get; } = new()
    {
        Name = Name,
        Steps =
        {
            new FunnelStep { Name = nameof(Stage.Entry), Kind = "pageview" },
            new FunnelStep { Name = nameof(Stage.Browse), Category = "category" },
            new FunnelStep { Name = nameof(Stage.Product), Category = "product" },
            new FunnelStep { Name = nameof(Stage.Cart), Category = "cart" },
            new FunnelStep { Name = nameof(Stage.Checkout), Category = "checkout" },
            new FunnelStep { Name = nameof(Stage.Confirmation), Category = "confirmation" },
        },
    };

    public int StagesReached(SessionDocument document)
    {
        var furthest = document.Session.PageViews > 0 ? Stage.Entry : Stage.None;
        foreach (var happened in document.Timeline)
        {
            var stage = StageOf(happened);
            if (stage > furthest)
                furthest = stage;
        }

        return (int)furthest;
    }

    public int? ReachedAt(SessionDocument document, int stage)
    {
        for (var index = 0; index < document.Timeline.Count; index++)
        {
            if ((int)StageOf(document.Timeline[index]) >= stage)
                return index;
        }

        return stage == (int)Stage.Entry && document.Session.PageViews > 0 ? document.Timeline.Count : null;
    }

    /// <summary>
    /// Returns the stage of one event. A purchase is the Confirmation; otherwise the page category decides, if there is
    /// one, or else the path of a page view.
    /// </summary>
    public Stage StageOf(TimelineEvent happened) => happened.Kind switch
    {
        Purchase => Stage.Confirmation,
        _ when happened.Category.Length > 0 => StageOf(happened.Kind, OfCategory(happened.Category)),
        PageView => StageOf(PageView, OfPath(happened.Path)),
        _ => Stage.None,
    };

    /// <summary>
    /// Returns the stage of an event, given the stage of its page category or path; a page view reaches at least Entry.
    /// </summary>
    public static Stage StageOf(string kind, Stage ofPage) => kind switch
    {
        Purchase => Stage.Confirmation,
        PageView when ofPage == Stage.None => Stage.Entry,
        _ => ofPage,
    };

    /// <summary>Returns the stage of a page category.</summary>
    public static Stage OfCategory(string category) => PageCategories.StageOf(category) ?? Stage.None;

    /// <summary>Returns the stage of a path.</summary>
    public Stage OfPath(string path)
    {
        if (path.Length == 0)
            return Stage.None;
        foreach (var (stage, patterns) in pages)
        {
            foreach (var pattern in patterns)
            {
                if (pattern.Matches(path))
                    return stage;
            }
        }

        return Stage.None;
    }

    private static Glob[] Compile(RepeatedField<string> given, params string[] defaults) =>
        [.. (given.Count > 0 ? given : defaults.AsEnumerable()).Select(pattern => new Glob(pattern))];
}
