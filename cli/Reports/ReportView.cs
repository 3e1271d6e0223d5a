using Google.Protobuf;
using SessionPlatform.Cli.Output;
using SessionPlatform.Contracts.Query.V1;
using Spectre.Console;
using Spectre.Console.Rendering;
using Case = SessionPlatform.Contracts.Query.V1.GetReportRequest.ReportOneofCase;

namespace SessionPlatform.Cli.Reports;

/// <summary>Formats any report as tables and charts.</summary>
internal static class ReportView
{
    public static IRenderable Of(GetReportRequest request, GetReportResponse answer) => request.ReportCase switch
    {
        Case.Series => SeriesView.Of(request.Series, answer.Series ?? new()),
        Case.TopList => TopListView.Of(request.TopList, answer.TopList ?? new()),
        Case.ActiveVisitors => ActiveView.Of(answer.ActiveVisitors ?? new()),
        Case.Paths => PathsView.Of(answer.Paths ?? new()),
        Case.Transitions => TransitionsView.Of(answer.Transitions ?? new()),
        Case.Funnel => FunnelTable.Of(request.Funnel.SiteId, request.Funnel.Name, answer.Funnel ?? new()),
        Case.FunnelReport => FunnelReportView.Of(request.FunnelReport, answer.FunnelReport ?? new()),
        Case.Retention => RetentionView.Of(request.Retention, answer.Retention ?? new()),
        Case.Lifecycle => LifecycleView.Of(request.Lifecycle, answer.Lifecycle ?? new()),
        Case.Stickiness => LifecycleView.Of(request.Stickiness, answer.Stickiness ?? new()),
        Case.Attribution => AttributionView.Of(request.Attribution, answer.Attribution ?? new()),
        _ => new Text(""),
    };

    /// <summary>Returns the report within the response.</summary>
    public static IMessage Inner(GetReportResponse answer) =>
        GetReportResponse.Descriptor.Oneofs[0].Accessor.GetCaseFieldDescriptor(answer)?.Accessor.GetValue(answer)
            as IMessage ?? answer;
}
