using Google.Protobuf.Collections;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Rules;

namespace SessionPlatform.Funnel.Funnels;

/// <summary>
/// The built-in funnel Entry → Browse → Product → Cart → Checkout → Confirmation. A session that reached a stage counts
/// for every stage before it, in whatever order its pages came.
/// </summary>
internal sealed class EcommerceFunnel : IFunnel
{
    public const string Name = "ecommerce";

    /// <summary>The kind of event that is at the Entry at least.</summary>
    public const string PageView = "pageview";

    /// <summary>The kind of event that is the Confirmation.</summary>
    public const string Purchase = "purchase";

    private readonly (Stage Stage, Glob[] Patterns)[] pages;

    /// <param name="pages">The site's patterns; a list that is empty takes its default.</param>
    public EcommerceFunnel(EcommercePages? pages)
    {
        var given = pages ?? new EcommercePages();
        // The furthest first: where patterns of two stages match, the later stage wins.
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
    /// The stages in order; the number of each is how many stages a session that got there has reached.
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

    /// <summary>What is shown of it: the stages, and the category that each is matched by first.</summary>
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
    /// The stage of one event: a purchase is the Confirmation; then the page category decides, where there is one;
    /// then, for page views, the path.
    /// </summary>
    public Stage StageOf(TimelineEvent happened) => happened.Kind switch
    {
        Purchase => Stage.Confirmation,
        _ when happened.Category.Length > 0 => StageOf(happened.Kind, OfCategory(happened.Category)),
        PageView => StageOf(PageView, OfPath(happened.Path)),
        _ => Stage.None,
    };

    /// <summary>
    /// The stage of an event whose page category, or else path, is of a stage; a page view is at the Entry at least.
    /// </summary>
    public static Stage StageOf(string kind, Stage ofPage) => kind switch
    {
        Purchase => Stage.Confirmation,
        PageView when ofPage == Stage.None => Stage.Entry,
        _ => ofPage,
    };

    /// <summary>The stage that a page category stands for.</summary>
    public static Stage OfCategory(string category) => PageCategories.StageOf(category) ?? Stage.None;

    /// <summary>The stage that a path is of.</summary>
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
