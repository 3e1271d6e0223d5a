using SessionPlatform.Contracts.Funnels.V1;
using SessionPlatform.Funnel.Funnels.Attempts;
using SessionPlatform.Funnel.Reports.FunnelReports.Explaining;

namespace SessionPlatform.Funnel.Reports.FunnelReports;

/// <summary>Collects the verdicts on the events of a visitor, or of the user that it is linked to.</summary>
internal sealed class Explanation(FunnelShape shape)
{
    private const int MaxEvents = 2_000;
    // gRPC clients reject more than 4 MiB by default.
    private const int MaxBytes = 3 << 20;

    private readonly IExplainer explainer =
        shape.Order is FunnelShape.Kind.Ordered or FunnelShape.Kind.Strict
            ? new OrderedExplainer(shape)
            : new SpanExplainer(shape);

    private readonly ExplainFunnelResponse response = new();
    private int bytes;

    public void Add(Actor actor)
    {
        if (explainer.Read(actor) is { } attempt)
            response.Reached = Math.Max(response.Reached, attempt.Last + 1);
        for (var index = 0; index < actor.Events.Length && response.Events.Count < MaxEvents; index++)
        {
            var happened = actor.Events[index];
            if (happened.Marks == default && happened.NotFirst == 0)
                continue;
            var finding = explainer.Explain(index);
            var session = actor.Sessions[happened.Session];
            var shown = new FunnelEvent
            {
                Event = session.Timeline![happened.Number],
                SessionId = session.Id.ToString(),
                Step = finding.Step + 1,
                Verdict = finding.Verdict,
                Reason = finding.Reason,
            };
            bytes += shown.CalculateSize();
            if (bytes > MaxBytes)
                return;
            response.Events.Add(shown);
        }
    }

    public ExplainFunnelResponse ToResponse() => response;
}
