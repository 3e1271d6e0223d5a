using System.Globalization;
using Grpc.Core;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Reports.Journeys;

/// <summary>How much of journeys may be kept while a report is counted.</summary>
internal sealed class JourneyRoom(JourneyOptions most)
{
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: there is more, and what to narrow.</exception>
    public void Require(int pages, long sessions, int distinct, int steps)
    {
        if (sessions > most.MaxSessions)
            throw TooLarge(most.MaxSessions, "sessions", "");
        if (pages > most.MaxPages)
            throw TooLarge(most.MaxPages, "different pages", ", or give pages one name by `shape.rules`");
        if (distinct > most.MaxPaths)
        {
            throw TooLarge(
                most.MaxPaths, "different paths", ", a smaller `length`, or give pages one name by `shape.rules`");
        }

        if (steps > most.MaxSteps)
            throw TooLarge(most.MaxSteps, "steps", ", or a smaller `length`");
    }

    private static RpcException TooLarge(int bound, string what, string orElse) =>
        GrpcErrors.ResourceExhausted(string.Create(
            CultureInfo.InvariantCulture,
            $"The report has more than {bound:N0} {what}. Take a shorter `period`, more filters{orElse}."));
}
