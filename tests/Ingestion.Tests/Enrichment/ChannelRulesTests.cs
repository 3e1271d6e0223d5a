using SessionPlatform.Ingestion.Enrichment;

namespace SessionPlatform.Ingestion.Tests.Enrichment;

public sealed class ChannelRulesTests
{
    [Theory]
    [InlineData("(direct)", "(none)", "", "Direct")]
    [InlineData("google", "cpc", "", "Paid Search")]
    [InlineData("Google", "CPC", "", "Paid Search")]
    [InlineData("facebook", "paid-social", "", "Paid Social")]
    [InlineData("youtube.com", "cpv", "", "Paid Video")]
    [InlineData("amazon", "ppc", "", "Paid Shopping")]
    [InlineData("google", "cpc", "eshop-sale", "Paid Shopping")]
    [InlineData("google", "cpc", "Shopping|DE", "Paid Shopping")]
    [InlineData("google", "cpc", "workshop", "Paid Search")]
    [InlineData("google", "cpc", "x cross-network y", "Cross-network")]
    [InlineData("news.example", "cpm", "", "Display")]
    [InlineData("news.example", "banner", "", "Display")]
    [InlineData("news.example", "retargeting", "", "Paid Other")]
    [InlineData("etsy", "", "", "Organic Shopping")]
    [InlineData("any", "referral", "spring-shop", "Organic Shopping")]
    [InlineData("reddit.com", "", "", "Organic Social")]
    [InlineData("any", "social-media", "", "Organic Social")]
    [InlineData("vimeo", "", "", "Organic Video")]
    [InlineData("any", "online-video", "", "Organic Video")]
    [InlineData("duckduckgo", "", "", "Organic Search")]
    [InlineData("any", "organic", "", "Organic Search")]
    [InlineData("any", "link", "", "Referral")]
    [InlineData("newsletter", "e-mail", "", "Email")]
    [InlineData("email", "", "", "Email")]
    [InlineData("any", "affiliate", "", "Affiliates")]
    [InlineData("any", "audio", "", "Audio")]
    [InlineData("sms", "x", "", "SMS")]
    [InlineData("any", "web-push", "", "Mobile Push Notifications")]
    [InlineData("firebase", "x", "", "Mobile Push Notifications")]
    [InlineData("newsletter", "", "", "Unassigned")]
    [InlineData("", "", "spring", "Unassigned")]
    [InlineData("chatgpt.com", "", "", "AI Assistant")]
    [InlineData("ChatGPT", "referral", "", "AI Assistant")]
    [InlineData("gemini", "", "", "AI Assistant")]
    [InlineData("any", "ai-assistant", "(ai-assistant)", "AI Assistant")]
    [InlineData("chatgpt.com", "cpc", "", "Paid Other")]
    [InlineData("chatgpt.com", "email", "", "Email")]
    [InlineData("chatgpt.com", "organic", "", "Organic Search")]
    [InlineData("gemini.com", "referral", "", "Referral")]
    [InlineData("mail.google.com", "", "", "Unassigned")]
    public void Campaign_words_give_the_channel(string source, string medium, string campaign, string channel) =>
        Assert.Equal(channel, ChannelRules.Classify(source, medium, campaign, "", "ignored.example"));

    [Theory]
    [InlineData("", "Direct")]
    [InlineData("google.com", "Organic Search")]
    [InlineData("google.co.uk", "Organic Search")]
    [InlineData("images.google.de", "Organic Search")]
    [InlineData("mail.google.com", "Referral")]
    [InlineData("google.evil.example", "Referral")]
    [InlineData("l.facebook.com", "Organic Social")]
    [InlineData("t.co", "Organic Social")]
    [InlineData("m.youtube.com", "Organic Video")]
    [InlineData("smile.amazon.co.jp", "Organic Shopping")]
    [InlineData("blog.example", "Referral")]
    [InlineData("chatgpt.com", "AI Assistant")]
    [InlineData("chat.openai.com", "AI Assistant")]
    [InlineData("openai.com", "Referral")]
    [InlineData("perplexity.ai", "AI Assistant")]
    [InlineData("gemini.google.com", "AI Assistant")]
    [InlineData("claude.ai", "AI Assistant")]
    [InlineData("copilot.microsoft.com", "AI Assistant")]
    [InlineData("chat.deepseek.com", "AI Assistant")]
    [InlineData("mail.yahoo.com", "Referral")]
    [InlineData("outlook.live.com", "Referral")]
    [InlineData("e.mail.ru", "Referral")]
    [InlineData("go.mail.ru", "Organic Search")]
    [InlineData("ntp.msn.com", "Organic Search")]
    [InlineData("medium.com", "Organic Social")]
    [InlineData("someone.blogspot.com", "Organic Social")]
    [InlineData("ted.com", "Organic Video")]
    public void A_referrer_stands_for_a_missing_campaign(string host, string channel) =>
        Assert.Equal(channel, ChannelRules.Classify("", "", "", "", host));

    [Theory]
    [InlineData("gclid", "", "", "Paid Search")]
    [InlineData("wbraid", "", "", "Paid Search")]
    [InlineData("msclkid", "", "", "Paid Search")]
    [InlineData("yclid", "", "", "Paid Search")]
    [InlineData("dclid", "", "", "Display")]
    [InlineData("ttclid", "", "", "Paid Video")]
    [InlineData("twclid", "", "", "Paid Social")]
    [InlineData("li_fat_id", "", "", "Paid Social")]
    [InlineData("fbclid", "", "", "Organic Social")]
    [InlineData("fbclid", "facebook", "paid", "Paid Social")]
    [InlineData("gclid", "newsletter", "email", "Email")]
    public void A_click_id_stands_for_missing_words(string kind, string source, string medium, string channel) =>
        Assert.Equal(channel, ChannelRules.Classify(source, medium, "", kind, "google.com"));

    /// <summary>The page that people read shall not fall behind.</summary>
    [Fact]
    public void The_documentation_names_every_source()
    {
        var text = File.ReadAllText(Path.Combine(Root(), "docs", "channels.md"));

        Assert.DoesNotContain(
            KnownSources.BrandRows.Concat(KnownSources.HostRows).SelectMany(row => row.Names.Split(' ')),
            name => !text.Contains($" {name},", StringComparison.Ordinal)
                && !text.Contains($" {name} ", StringComparison.Ordinal));
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SessionPlatform.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside of the repository.");
        return folder.FullName;
    }
}
