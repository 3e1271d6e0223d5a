using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using SessionPlatform.Contracts.Common.V1;
using SessionPlatform.Contracts.Events.V1;

namespace SessionPlatform.Cli.Simulate;

/// <summary>Generates the events of a visit: where the visitor lands, looks, hesitates, buys or leaves.</summary>
internal sealed class VisitStory
{
    private const int SecondMicros = 1_000_000;

    private readonly Visit visit;
    private readonly string siteId;
    private readonly SeededRandom random;
    private readonly Visitor visitor;
    private readonly List<Event> events = [];
    private readonly List<Product> cart = [];
    private long now;
    private string url = "";
    private string page = "";
    private string user = "";

    private VisitStory(Visit visit, SimulationOptions options)
    {
        this.visit = visit;
        siteId = options.SiteId;
        random = SeededRandom.For(options.Seed, (ulong)visit.Visitor, (ulong)visit.Ordinal + 1);
        visitor = Visitor.Draw(visit.Visitor, options.Seed);
        now = visit.Start;
    }

    private bool IsOver =>
        events.Count >= visit.MaxEvents || now - visit.Start > VisitPlan.LongestVisit - 30L * 60 * SecondMicros;

    /// <summary>Returns the events of the visit in order of time.</summary>
    public static IReadOnlyList<Event> Tell(Visit visit, SimulationOptions options)
    {
        var story = new VisitStory(visit, options);
        if (story.visitor.IsBot)
            story.Crawl();
        else
            story.Browse();
        return story.events.Count > visit.MaxEvents ? story.events[..visit.MaxEvents] : story.events;
    }

    private void Crawl()
    {
        for (var left = random.Between(8, 30); left > 0 && !IsOver; left--)
        {
            var product = random.Pick(Shop.Products);
            if (random.Chance(0.3))
                View("category", $"/category/{product.Category}", "");
            else
                View("product", $"/product/{product.Slug}", "");
            Pause(1, 4);
        }
    }

    private void Browse()
    {
        var source = random.Pick(Shop.Sources, each => each.Weight);
        if (visitor.Account.Length > 0 && visit.Ordinal > 0 && random.Chance(0.5))
            user = visitor.Account;
        var next = random.Pick<(string Page, double Weight)>(
            [("home", 45), ("category", 20), ("product", 28), ("search", 7)], each => each.Weight).Page;
        Open(next, source.Query, source.Referrer);
        // Some visitors leave at once, without an engagement event.
        while (!IsOver && !(events.Count == 1 && random.Chance(0.22)))
        {
            Look();
            next = Next();
            if (next == "leave")
                break;
            Open(next, "", url);
        }

        if (events.Count > 1 && random.Chance(0.3))
        {
            var leave = Add("page_leave");
            leave.Engagement = new() { ScrollDepthPercent = random.Between(20, 100), Clicks = random.Below(5) };
        }

        if (user.Length > 0 && random.Chance(0.1))
            Add("session_end");
    }

    private string Next()
    {
        (string Page, double Weight)[] ways = page switch
        {
            "home" => [("category", 55), ("search", 15), ("product", 15), ("leave", 15)],
            "category" => [("product", 58), ("category", 17), ("search", 5), ("leave", 14)],
            "search" => [("product", 62), ("search", 13), ("leave", 25)],
            "product" => [("cart", 24), ("product", 28), ("category", 27), ("leave", 15)],
            "cart" => [("checkout", 52), ("product", 20), ("category", 6), ("leave", 22)],
            "checkout" => [("confirmation", 66), ("cart", 8), ("leave", 26)],
            _ => [("leave", 75), ("home", 25)],
        };
        return random.Pick(ways, way => way.Weight).Page;
    }

    private void Open(string next, string query, string referrer)
    {
        var product = random.Pick(Shop.Products);
        switch (next)
        {
            case "home":
                View("home", "/", referrer, query);
                break;
            case "category":
                View("category", $"/category/{product.Category}", referrer, query);
                break;
            case "search":
                Search(random.Pick(Shop.Searches), referrer, query);
                break;
            case "product":
                View("product", $"/product/{product.Slug}", referrer, query);
                break;
            case "cart":
                FillCart();
                View("cart", "/cart", referrer);
                break;
            case "checkout":
                SignIn();
                View("checkout", "/checkout", referrer);
                break;
            default:
                // Payment providers redirect visitors back, which starts no new visit.
                var from = random.Chance(0.4) ? "https://www.paypal.com/" : referrer;
                View("confirmation", "/checkout/confirmation", from);
                Buy();
                break;
        }
    }

    private void View(string kindOfPage, string path, string referrer, string query = "")
    {
        var separator = query.Length == 0 ? "" : path.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        url = Shop.Origin + path + separator + query;
        page = kindOfPage;
        var view = Add("pageview");
        view.Title = path == "/" ? "The Shop" : $"{path.Split('?')[0].Split('/')[^1].Replace('-', ' ')} – The Shop";
        view.Referrer = referrer;
        view.Engagement = new Engagement { LoadTimeMs = random.Between(180, 2600) };
    }

    private void Look()
    {
        Pause(2, 40);
        if (random.Chance(0.6))
            Add("scroll").Engagement = new Engagement { ScrollDepthPercent = random.Between(10, 100) };
        if (random.Chance(0.45))
        {
            Pause(1, 20);
            var click = Add("click");
            click.Name = "gallery";
            click.Element = new Element { Id = $"image-{random.Between(1, 6)}", Selector = "main .gallery img" };
        }

        // A pause of the visitor, always shorter than the session timeout.
        if (random.Chance(0.03))
            Pause(300, 1500);
        Pause(2, 60);
    }

    private void Search(string words, string referrer, string query)
    {
        View("search", $"/search?q={Uri.EscapeDataString(words)}", referrer, query);
        var search = Add("search");
        search.Name = words;
        search.Properties["results"] = Value.ForNumber(random.Between(0, 60));
    }

    private void FillCart()
    {
        var product = Shop.Products.FirstOrDefault(each => url.Contains(each.Slug, StringComparison.Ordinal))
            ?? random.Pick(Shop.Products);
        cart.Add(product);
        var added = Add("custom");
        added.Name = "add_to_cart";
        added.Value = (double)product.Price;
        added.Properties["product"] = Value.ForString(product.Slug);
        added.Properties["gift"] = Value.ForBool(random.Chance(0.1));
        Pause(1, 5);
    }

    private void SignIn()
    {
        if (visitor.Account.Length == 0 || user.Length > 0)
            return;
        user = visitor.Account;
        Add("identify").Name = "sign_in";
        Pause(1, 10);
    }

    private void Buy()
    {
        var purchase = Add("purchase");
        purchase.Name = "order";
        purchase.Revenue = new Money
        {
            Amount = cart.Sum(product => product.Price).ToString("0.00", CultureInfo.InvariantCulture),
            Currency = visitor.Place.Currency,
        };
        purchase.Properties["items"] = Value.ForNumber(cart.Count);
        cart.Clear();
    }

    private Event Add(string kind)
    {
        var added = new Event
        {
            EventId = random.NextUuid(),
            SiteId = siteId,
            VisitorId = visitor.Id,
            UserId = user,
            Kind = kind,
            ClientTime = new Timestamp
            {
                Seconds = Math.DivRem(now, SecondMicros, out var micros),
                Nanos = (int)micros * 1000,
            },
            Sequence = events.Count + 1,
            Url = url,
            PageCategory = visitor.Categorised ? page : "",
            Device = new Device
            {
                UserAgent = visitor.Client.UserAgent,
                Type = visitor.Client.Type,
                Screen = visitor.Client.Screen,
                Language = visitor.Place.Language,
                Timezone = visitor.Place.TimeZone,
            },
            Geo = new Geo { Country = visitor.Place.Country },
        };
        events.Add(added);
        return added;
    }

    private void Pause(int leastSeconds, int mostSeconds) =>
        now += random.Between(leastSeconds * 1000, mostSeconds * 1000) * 1000L;
}
