using System.Runtime.CompilerServices;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Rules;

namespace SessionPlatform.Ingestion.Enrichment;

/// <summary>The compiled channel rules of a site; the first match gives the channel.</summary>
internal sealed class SiteChannels
{
    // Many events share one immutable SiteRules object, which is replaced when the site is loaded again. So the
    // compiled rules are cached for the lifetime of that object.
    private static readonly ConditionalWeakTable<SiteRules, SiteChannels> Compiled = [];

    private readonly Rule[] rules;

    private SiteChannels(SiteRules site) => rules = [.. site.ChannelRules.Select(rule => new Rule(rule))];

    /// <summary>Returns the channel of the first matching rule; null when none matches.</summary>
    /// <param name="site">The site's rules.</param>
    /// <param name="words">Source, medium and campaign of the event.</param>
    /// <param name="externalReferrerHost">Host of its referrer if that is external, or empty.</param>
    /// <param name="clickIdKind">Name of its click id, or empty.</param>
    /// <param name="path">Path of its page, or empty.</param>
    public static string? Find(
        SiteRules site, in ChannelWords words, string externalReferrerHost, string clickIdKind, string path)
    {
        if (site.ChannelRules.Count == 0)
            return null;
        foreach (var rule in Compiled.GetValue(site, static rules => new SiteChannels(rules)).rules)
            if (rule.Matches(words, externalReferrerHost, clickIdKind, path))
                return rule.Name;
        return null;
    }

    private sealed class Rule(ChannelRule rule)
    {
        private readonly Glob? source = Pattern(rule.Source);
        private readonly Glob? medium = Pattern(rule.Medium);
        private readonly Glob? campaign = Pattern(rule.Campaign);
        private readonly Glob? referrerHost = Pattern(rule.ReferrerHost);
        private readonly Glob? clickIdKind = Pattern(rule.ClickIdKind);
        private readonly Glob? path = Pattern(rule.Path);

        public string Name { get; } = rule.Name;

        public bool Matches(in ChannelWords words, string referrer, string clickId, string page) =>
            Matches(source, words.Source)
            && Matches(medium, words.Medium)
            && Matches(campaign, words.Campaign)
            && Matches(referrerHost, referrer)
            && Matches(clickIdKind, clickId)
            && Matches(path, page);

        private static Glob? Pattern(string glob) => glob.Length > 0 ? new Glob(glob) : null;

        private static bool Matches(Glob? pattern, string text) =>
            pattern is null || (text.Length > 0 && pattern.Matches(text));
    }
}
