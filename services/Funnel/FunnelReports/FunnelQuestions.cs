using Grpc.Core;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.Contributions;
using SessionPlatform.Funnel.FunnelReports.Attempts;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Metrics;
using SessionPlatform.Funnel.Storage;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.FunnelReports;

/// <summary>Makes questions of requests.</summary>
internal sealed class FunnelQuestions(Configurations configurations, ReportDatabase database)
{
    // Of a message that somebody reads.
    private const int MostNames = 10;

    /// <summary>All violations, those included that only the database finds.</summary>
    public async Task CheckAsync(
        FunnelDefinition? definition, Violations violations, CancellationToken cancellationToken)
    {
        foreach (var (field, description) in DefinitionRules.Violations(definition))
            violations.Add(field, description);
        FunnelTerms.Check(definition, violations);
        await database.CheckAsync([.. FunnelReportRules.Expressions(definition)], violations, cancellationToken);
    }

    /// <param name="within">The field of the call's request that this one is in; null: it is itself.</param>
    /// <exception cref="RpcException">INVALID_ARGUMENT, or NOT_FOUND.</exception>
    public async Task<FunnelQuestion> AskAsync(
        GetFunnelReportRequest? request, string? within, Violations violations, CancellationToken cancellationToken)
    {
        var asked = request ?? new GetFunnelReportRequest();
        violations.Prefix = within is null ? "" : $"{within}.";
        var period = FunnelReportRules.Check(asked, violations);
        await database.CheckAsync([.. FunnelReportRules.Expressions(asked)], violations, cancellationToken);
        violations.ThrowIfAny();
        violations.Prefix = "";

        var site = await SiteAsync(asked.SiteId, cancellationToken);
        return new FunnelQuestion(site, PlanOf(asked, site), period, asked.Segment);
    }

    /// <summary>The site with its funnels as they are stored now: other replicas may have just defined one.</summary>
    /// <exception cref="RpcException">NOT_FOUND.</exception>
    public async Task<SiteConfiguration> SiteAsync(string siteId, CancellationToken cancellationToken)
    {
        var site = await configurations.FindAsync(siteId, cancellationToken)
            ?? throw GrpcErrors.NotFound("There is no such site.");
        return await database.ReadAsync(
            (connection, token) => ConfigurationSql.LoadAsync(connection, siteId, token), cancellationToken) ?? site;
    }

    /// <exception cref="RpcException">NOT_FOUND.</exception>
    public static SiteFunnel Find(SiteConfiguration site, string name) =>
        site.Funnels.FirstOrDefault(each => each.Definition.Name == name) ?? throw NotFound(site);

    private static RpcException NotFound(SiteConfiguration site)
    {
        var names = site.Funnels.Select(each => $"\"{each.Definition.Name}\"").ToList();
        var more = names.Count > MostNames ? ", …" : "";
        return GrpcErrors.NotFound(
            $"The site has no funnel of this name; it has {string.Join(", ", names.Take(MostNames))}{more}.");
    }

    private static FunnelPlan PlanOf(GetFunnelReportRequest request, SiteConfiguration site)
    {
        var unit = request.Segment?.Unit ?? Contracts.Metrics.V1.Unit.Unspecified;
        if (request.Definition is { } definition)
            return FunnelPlan.Of(definition, unit);
        var funnel = Find(site, request.Name);
        return funnel.Rules is EcommerceFunnel builtIn
            ? FunnelPlan.Of(builtIn, unit)
            : FunnelPlan.Of(funnel.Definition, unit);
    }
}
