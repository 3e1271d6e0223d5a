using System.Globalization;
using Grpc.Core;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.FunnelReports;

/// <summary>What a report is refused with that would need more than there is room for.</summary>
internal static class TooLarge
{
    public static RpcException Of(int bound, string what) => GrpcErrors.ResourceExhausted(string.Create(
        CultureInfo.InvariantCulture,
        $"The report has more than {bound:N0} {what}. Take a shorter `period` or more filters in `segment`."));
}
