using System.Globalization;
using Grpc.Core;
using SessionPlatform.Access;
using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.Funnel.Applying;
using SessionPlatform.Funnel.Configuration;
using SessionPlatform.Funnel.Funnels;
using SessionPlatform.Funnel.Periods;
using SessionPlatform.Funnel.Recounting;
using SessionPlatform.Funnel.Reports.FunnelReports;
using SessionPlatform.Funnel.Results;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Grpc;

/// <summary>Serves funnels and their results: authorizes, validates, reads.</summary>
internal sealed class FunnelsService(
    Configurations configurations,
    FunnelResults results,
    DayTotalsReader days,
    CheckpointLog checkpoints,
    RecountSignal recount,
    FunnelQuestions questions,
    FunnelReporter reporter) : Contracts.Funnels.V1.Funnels.FunnelsBase
{
    private const int MaxDays = 3660;
    private const int MaxCheckpointIdLength = 128;

    public override async Task<DefineFunnelResponse> DefineFunnel(
        DefineFunnelRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Admin);
        var violations = new Violations();
        await questions.CheckAsync(request.Definition, violations, context.CancellationToken);
        violations.ThrowIfAny();

        await RequireConfigurationAsync(request.SiteId, context.CancellationToken);
        if (!await configurations.DefineAsync(request.SiteId, request.Definition, context.CancellationToken))
        {
            throw GrpcErrors.InvalidArgument(
                "definition.name", $"would be one funnel too many: a site has at most {ConfigurationSql.MaxFunnels}");
        }

        recount.Raise();
        return new DefineFunnelResponse { Definition = request.Definition };
    }

    public override async Task<ListFunnelsResponse> ListFunnels(ListFunnelsRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Read);
        var configuration = await RequireConfigurationAsync(request.SiteId, context.CancellationToken);
        return new ListFunnelsResponse
        {
            Definitions = { configuration.Funnels.Select(funnel => funnel.Definition) },
        };
    }

    public override async Task<GetFunnelResultResponse> GetFunnelResult(
        GetFunnelResultRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Read);
        var violations = new Violations();
        if (request.Name.Length == 0)
            violations.Add("name", $"is missing; \"{EcommerceFunnel.Name}\" is the built-in funnel");
        var (from, to) = Ranges.Read(request.Range, violations);
        violations.ThrowIfAny();

        var site = await questions.SiteAsync(request.SiteId, context.CancellationToken);
        var funnel = FunnelQuestions.Find(site, request.Name);
        if (!funnel.IsKept)
            return await reporter.ResultAsync(site, funnel.Definition, request.Range, context.CancellationToken);
        return await results.GetAsync(request.SiteId, request.Name, from, to, context.CancellationToken)
            ?? throw GrpcErrors.NotFound("The site has no funnel of this name.");
    }

    public override async Task<GetFunnelReportResponse> GetFunnelReport(
        GetFunnelReportRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Read);
        var question = await questions.AskAsync(request, within: null, new Violations(), context.CancellationToken);
        return await reporter.ReportAsync(question, request, context.CancellationToken);
    }

    public override async Task<ListFunnelActorsResponse> ListFunnelActors(
        ListFunnelActorsRequest request, ServerCallContext context)
    {
        context.RequireSite(request.Funnel?.SiteId ?? "", Key.Types.Scope.Read);
        var violations = new Violations();
        FunnelReportRules.CheckOuter(request, violations);
        var question = await questions.AskAsync(request.Funnel, "funnel", violations, context.CancellationToken);
        if (request.Step > question.Plan.Shape.Count)
            throw GrpcErrors.InvalidArgument("step", $"must be 1-{question.Plan.Shape.Count}: the funnel has no more");
        return await reporter.ActorsAsync(question, request, context.CancellationToken);
    }

    public override async Task<ExplainFunnelResponse> ExplainFunnel(
        ExplainFunnelRequest request, ServerCallContext context)
    {
        context.RequireSite(request.Funnel?.SiteId ?? "", Key.Types.Scope.Read);
        var violations = new Violations();
        FunnelReportRules.CheckOuter(request, violations);
        var question = await questions.AskAsync(request.Funnel, "funnel", violations, context.CancellationToken);
        return await reporter.ExplainAsync(question, request.VisitorId, context.CancellationToken);
    }

    public override async Task<GetDaysResponse> GetDays(GetDaysRequest request, ServerCallContext context)
    {
        context.RequireSite(request.SiteId, Key.Types.Scope.Read);
        var violations = new Violations();
        var from = Day(request.From, "from", violations);
        var to = Day(request.To, "to", violations);
        if (to < from)
            violations.Add("to", "must not be before `from`");
        violations.ThrowIfAny();

        await RequireConfigurationAsync(request.SiteId, context.CancellationToken);
        var found = await days.GetAsync(request.SiteId, from, to, MaxDays, context.CancellationToken)
            ?? throw GrpcErrors.InvalidArgument("to", $"would make more than {MaxDays} days; ask for fewer at once");
        return new GetDaysResponse { Days = { found } };
    }

    public override async Task<GetCheckpointResponse> GetCheckpoint(
        GetCheckpointRequest request, ServerCallContext context)
    {
        context.RequirePlatform();
        if (request.CheckpointId.Length is 0 or > MaxCheckpointIdLength || request.CheckpointId.Contains('\0'))
            throw GrpcErrors.InvalidArgument("checkpoint_id", $"must have 1-{MaxCheckpointIdLength} characters");
        return new GetCheckpointResponse
        {
            PassedPartitions = await checkpoints.CountAsync(request.CheckpointId, context.CancellationToken),
        };
    }

    private async Task<SiteConfiguration> RequireConfigurationAsync(
        string siteId, CancellationToken cancellationToken) =>
        await configurations.FindAsync(siteId, cancellationToken)
        ?? throw GrpcErrors.NotFound("There is no such site.");

    private static DateOnly? Day(string day, string field, Violations violations)
    {
        if (day.Length == 0)
            return null;
        if (DateOnly.TryParseExact(
            day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed))
            return parsed;
        violations.Add(field, "must be a date like \"2025-12-31\", in the site's time zone");
        return null;
    }
}
