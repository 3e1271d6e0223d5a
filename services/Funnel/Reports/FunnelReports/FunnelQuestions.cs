using Grpc.Core;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Database;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Reports.FunnelReports.Scanning;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Reports.FunnelReports;

/// <summary>Converts requests to validated questions.</summary>
internal sealed class FunnelQuestions(Configurations configurations, ReportDatabase database)
{
    // Keeps the error message readable.
    private const int MaxNames = 10;

    /// <summary>Throws if there are violations, including those that only the database finds.</summary>
    public async Task CheckAsync(
        FunnelDefinition? definition, Violations violations, CancellationToken cancellationToken)
    {
        foreach (var (field, description) in DefinitionRules.Violations(definition))
            violations.Add(field, description);
        FunnelTerms.Check(definition, violations);
        await database.CheckAsync([.. FunnelReportRules.Expressions(definition)], violations, cancellationToken);
    }

    /// <summary>Returns the question of a valid request.</summary>
    /// <param name="within">The path of this request in that of the call; null when it is that request.</param>
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

    /// <summary>
    /// Reads the site with its funnels from the database, since another replica may have just defined one.
    /// </summary>
    /// <exception cref="RpcException">NOT_FOUND: there is no such site or funnel.</exception>
    public async Task<SiteConfiguration> SiteAsync(string siteId, CancellationToken cancellationToken)
    {
        var site = await configurations.FindAsync(siteId, cancellationToken)
            ?? throw GrpcErrors.NotFound("There is no such site.");
        return await database.ReadAsync(
            (connection, token) => ConfigurationSql.LoadAsync(connection, siteId, token), cancellationToken) ?? site;
    }

    /// <exception cref="RpcException">NOT_FOUND: there is no such site or funnel.</exception>
    public static SiteFunnel Find(SiteConfiguration site, string name) =>
        site.Funnels.FirstOrDefault(each => each.Definition.Name == name) ?? throw NotFound(site);

    private static RpcException NotFound(SiteConfiguration site)
    {
        var names = site.Funnels.Select(each => $"\"{each.Definition.Name}\"").ToList();
        var more = names.Count > MaxNames ? ", …" : "";
        return GrpcErrors.NotFound(
            $"The site has no funnel of this name; it has {string.Join(", ", names.Take(MaxNames))}{more}.");
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
