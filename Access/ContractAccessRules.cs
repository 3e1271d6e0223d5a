using System.Collections;
using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Identity.V1;
using SessionPlatform.Contracts.Ingestion.V1;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Journeys.V1;
using SessionPlatform.Contracts.Metrics.V1;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Retention.V1;
using SessionPlatform.Contracts.Sessions.V1;
using SessionPlatform.Contracts.Sites.V1;
using Attribution = SessionPlatform.Contracts.Attribution.V1.Attribution;
using static SessionPlatform.Access.AccessRules;
using static SessionPlatform.Contracts.Sites.V1.Key.Types.Scope;

namespace SessionPlatform.Access;

/// <summary>
/// Who may call which RPC: one row for each RPC of the contract. <see cref="AccessInterceptor"/> refuses a call that
/// has no rule, and a test fails for an RPC without one.
/// </summary>
internal static class ContractAccessRules
{
    private static readonly ServiceDescriptor Facade = Query.Descriptor;

    private static readonly FrozenDictionary<string, AccessRule> Rules = new Table
    {
        { [Ingestion.Descriptor], OwnSiteKey(Ingest), ["Track", "TrackStream"] },
        { [Ingestion.Descriptor], PlatformKey, ["PlaceCheckpoint"] },

        { [Sites.Descriptor], PlatformKey, ["CreateSite", "ListSites", "ResolveKey"] },
        { [Sites.Descriptor], SiteKey(Admin), ["GetSite", "UpdateSiteRules", "CreateKey", "RevokeKey"] },

        // Query serves these RPCs as the façade of the services behind it; both apply the rule.
        {
            [Facade, Sessions.Descriptor], NamedSiteKey(Read),
            ["ListSessions", "GetSession", "GetSessionStats", "ExplainSession", "GetLateness"]
        },
        // Events that were rejected before their site was known belong to no site: they are for the operator.
        { [Facade, Sessions.Descriptor], SiteOrPlatformKey(Read), ["GetRejectCounts"] },
        { [Facade, Funnels.Descriptor], NamedSiteKey(Admin), ["DefineFunnel"] },
        {
            [Facade, Funnels.Descriptor], NamedSiteKey(Read),
            ["ListFunnels", "GetFunnelResult", "GetDays", "GetFunnelReport"]
        },
        { [Facade, Funnels.Descriptor], NamedSiteKey(Read, "funnel.site_id"), ["ListFunnelActors", "ExplainFunnel"] },
        { [Facade, Metrics.Descriptor], NamedSiteKey(Read), ["GetSeries", "GetTopList", "GetActiveVisitors"] },
        { [Facade, Metrics.Descriptor], NamedSiteKey(Admin), ["MarkBots"] },
        { [Facade, Journeys.Descriptor], NamedSiteKey(Read), ["GetPaths", "GetTransitions"] },
        { [Facade, Retention.Descriptor], NamedSiteKey(Read), ["GetRetention", "GetLifecycle", "GetStickiness"] },
        { [Facade, Attribution.Descriptor], NamedSiteKey(Read), ["GetAttribution"] },
        { [Facade, Identity.Descriptor], NamedSiteKey(Read), ["ListTies"] },
        { [Facade, Identity.Descriptor], NamedSiteKey(Admin), ["SetTie"] },

        { [Facade], NamedSiteKey(Read, "report.site_id"), ["GetReport"] },
        { [Facade], NamedSiteKey(Read, "report.report.site_id"), ["Watch"] },
        // The answer reveals only how busy the suite is.
        { [Facade], AnyKey, ["Wait"] },

        { [Sessions.Descriptor], PlatformKey, ["StreamDocuments", "GetCheckpoint"] },
        { [Funnels.Descriptor], PlatformKey, ["GetCheckpoint"] },

        // Query, Sessionizer and Funnel each serve jobs.
        { [Jobs.Descriptor], NamedSiteKey(Admin), ["Audit", "PreviewRules", "GetReprocess"] },
    }.ToFrozen();

    /// <summary>Returns the rule of an RPC; null when it has none.</summary>
    /// <param name="method">The path of the call, <c>/package.Service/Method</c>.</param>
    public static AccessRule? Find(string method) => Rules.GetValueOrDefault(method);

    private sealed class Table : IEnumerable
    {
        private readonly Dictionary<string, AccessRule> rules = new(StringComparer.Ordinal);

        /// <summary>Adds the rule to RPCs that each of the services has.</summary>
        public void Add(ServiceDescriptor[] services, AccessRule rule, string[] methods)
        {
            foreach (var service in services)
            {
                foreach (var name in methods)
                {
                    if (service.FindMethodByName(name) is null)
                        throw new ArgumentException($"{service.FullName} has no RPC `{name}`.", nameof(methods));
                    rules.Add($"/{service.FullName}/{name}", rule);
                }
            }
        }

        public FrozenDictionary<string, AccessRule> ToFrozen() => rules.ToFrozenDictionary(StringComparer.Ordinal);

        IEnumerator IEnumerable.GetEnumerator() => rules.GetEnumerator();
    }
}
