using System.Runtime.CompilerServices;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Rules;

namespace SessionPlatform.Ingestion.Enrichment;

/// <summary>The channel rules of a site, ready to be asked; the first that holds names the channel.</summary>
internal sealed class SiteChannels
{
    // Rules arrive as one object that many events share and nobody changes, and go when the site is read again: so they
    // are compiled once for as long as the object lives.
    private static readonly ConditionalWeakTable<SiteRules, SiteChannels> Compiled = [];

    private readonly Rule[] rules;

    private SiteChannels(SiteRules site) => rules = [.. site.ChannelRules.Select(rule => new Rule(rule))];

    /// <summary>The channel of the first rule that holds; null when none does.</summary>
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
            if (rule.Holds(words, externalReferrerHost, clickIdKind, path))
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

        public bool Holds(in ChannelWords words, string ofReferrer, string ofClickId, string ofPage) =>
            Holds(source, words.Source)
            && Holds(medium, words.Medium)
            && Holds(campaign, words.Campaign)
            && Holds(referrerHost, ofReferrer)
            && Holds(clickIdKind, ofClickId)
            && Holds(path, ofPage);

        private static Glob? Pattern(string glob) => glob.Length > 0 ? new Glob(glob) : null;

        private static bool Holds(Glob? pattern, string text) =>
            pattern is null || (text.Length > 0 && pattern.Matches(text));
    }
}
