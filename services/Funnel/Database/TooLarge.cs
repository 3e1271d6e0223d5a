using System.Globalization;
using Grpc.Core;
using SessionPlatform.ServiceDefaults.Grpc;

namespace SessionPlatform.Funnel.Database;

/// <summary>Creates the error of a report that exceeds a bound on memory.</summary>
internal static class TooLarge
{
    public static RpcException Of(int bound, string what) => GrpcErrors.ResourceExhausted(string.Create(
        CultureInfo.InvariantCulture,
        $"The report has more than {bound:N0} {what}. Take a shorter `period` or more filters in `segment`."));
}
