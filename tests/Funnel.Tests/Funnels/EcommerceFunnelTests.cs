using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Funnels;
using static SessionPlatform.Funnel.Funnels.EcommerceFunnel;
using static SessionPlatform.Funnel.Tests.Sample;

namespace SessionPlatform.Funnel.Tests.Funnels;

public sealed class EcommerceFunnelTests
{
    private static readonly EcommerceFunnel Funnel = new(null);

    [Theory]
    [InlineData("/", "Entry")]
    [InlineData("/about", "Entry")]
    [InlineData("/search", "Browse")]
    [InlineData("/Category/shoes", "Browse")]
    [InlineData("/products", "Browse")]
    [InlineData("/products/1", "Product")]
    [InlineData("/p/1", "Product")]
    [InlineData("/basket", "Cart")]
    [InlineData("/checkout/payment", "Checkout")]
    [InlineData("/checkout/success", "Confirmation")]
    [InlineData("/thank-you", "Confirmation")]
    public void A_page_without_category_is_matched_by_its_path(string path, string stage) =>
        Assert.Equal(stage, Funnel.StageOf(Page(path)).ToString());

    [Theory]
    [InlineData("home", "Entry")]
    [InlineData("Product List", "Browse")]
    [InlineData("search_results", "Browse")]
    [InlineData("PRODUCT", "Product")]
    [InlineData("product-detail", "Product")]
    [InlineData("basket", "Cart")]
    [InlineData("Checkout", "Checkout")]
    [InlineData("Thank You", "Confirmation")]
    [InlineData("blog", "Entry")]
    public void A_category_decides_before_the_path(string category, string stage) =>
        Assert.Equal(stage, Funnel.StageOf(Page("/cart", category)).ToString());

    [Fact]
    public void An_event_that_is_no_page_view_counts_by_category_only()
    {
        Assert.Equal(Stage.Cart, Funnel.StageOf(Event("custom", "add", category: "cart")));
        Assert.Equal(Stage.None, Funnel.StageOf(Event("click", path: "/cart")));
        Assert.Equal(Stage.None, Funnel.StageOf(Event("click", category: "blog")));
        Assert.Equal(Stage.Entry, Funnel.StageOf(Event("click", category: "home")));
    }

    [Fact]
    public void A_purchase_is_the_confirmation_wherever_it_happens() =>
        Assert.Equal(Stage.Confirmation, Funnel.StageOf(Event("purchase", category: "checkout", path: "/checkout")));

    [Fact]
    public void Stages_that_were_skipped_count_as_reached() =>
        Assert.Equal((int)Stage.Cart, Funnel.StagesReached(Document(Page("/p/1"), Page("/cart"), Page("/about"))));

    [Fact]
    public void A_session_without_page_view_and_without_stage_did_not_enter() =>
        Assert.Equal(0, Funnel.StagesReached(Document(Event("custom", "heartbeat"))));

    [Fact]
    public void A_purchase_without_any_page_view_reached_every_stage() =>
        Assert.Equal((int)Stage.Confirmation, Funnel.StagesReached(Document(Event("purchase"))));

    [Fact]
    public void Patterns_of_the_site_replace_the_defaults_of_their_stage_only()
    {
        var funnel = new EcommerceFunnel(new EcommercePages { Cart = { "/warenkorb" } });
        Assert.Equal(Stage.Cart, funnel.StageOf(Page("/warenkorb")));
        Assert.Equal(Stage.Entry, funnel.StageOf(Page("/cart")));
        Assert.Equal(Stage.Checkout, funnel.StageOf(Page("/checkout")));
    }

    [Fact]
    public void The_definition_that_is_shown_has_a_step_for_each_stage() =>
        Assert.Equal(
            Enum.GetNames<Stage>().Skip(1), EcommerceFunnel.Definition.Steps.Select(step => step.Name));
}
