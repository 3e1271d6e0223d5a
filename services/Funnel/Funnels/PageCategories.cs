using System.Collections.Frozen;
using static SessionPlatform.Funnel.Funnels.EcommerceFunnel;

namespace SessionPlatform.Funnel.Funnels;

/// <summary>Maps the page categories that trackers and shop systems use to stages.</summary>
internal static class PageCategories
{
    private static readonly FrozenDictionary<string, Stage> Stages = new (Stage Stage, string[] Words)[]
    {
        (Stage.Entry, ["entry", "home", "homepage", "landing", "landingpage", "index", "start"]),
        (Stage.Browse,
        [
            "browse", "category", "categories", "categorypage", "collection", "collections", "list", "listing", "plp",
            "productlist", "productlisting", "catalog", "catalogue", "search", "searchresults", "department", "brand",
            "shop",
        ]),
        (Stage.Product,
        [
            "product", "products", "productpage", "productdetail", "productdetails", "pdp", "item", "detail",
        ]),
        (Stage.Cart, ["cart", "cartpage", "basket", "bag", "shoppingcart", "shoppingbag", "shoppingbasket"]),
        (Stage.Checkout, ["checkout", "checkoutpage", "payment", "shipping", "delivery", "billing"]),
        (Stage.Confirmation,
        [
            "confirmation", "confirmed", "orderconfirmation", "orderconfirmed", "thankyou", "thanks", "purchase",
            "ordercomplete", "checkoutconfirmation", "checkoutcomplete", "checkoutsuccess", "receipt", "success",
        ]),
    }
        .SelectMany(entry => entry.Words.Select(word => KeyValuePair.Create(word, entry.Stage)))
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, Stage>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Stages.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Returns the stage of a category, ignoring case, spaces, "-" and "_"; null when it has none.</summary>
    public static Stage? StageOf(string category)
    {
        Span<char> letters = stackalloc char[64];
        var count = 0;
        foreach (var character in category)
        {
            if (character is ' ' or '-' or '_')
                continue;
            if (count == letters.Length)
                return null;
            letters[count++] = character;
        }

        return Lookup.TryGetValue(letters[..count], out var stage) ? stage : null;
    }
}
