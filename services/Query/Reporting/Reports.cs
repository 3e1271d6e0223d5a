using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Query.Forwarding;

namespace SessionPlatform.Query.Reporting;

/// <summary>
/// Computes a report of any kind: forwards the request that is set, as a call of its own RPC would be.
/// </summary>
internal sealed class Reports(RoutingTable routes)
{
    private static readonly OneofDescriptor Kinds = GetReportRequest.Descriptor.Oneofs.Single();

    /// <summary>Returns the answer in the field that has the name of the request.</summary>
    /// <exception cref="RpcException">The error of the service behind.</exception>
    public async Task<GetReportResponse> GetAsync(GetReportRequest request, ServerCallContext context)
    {
        var kind = Kinds.Accessor.GetCaseFieldDescriptor(request)
            ?? throw new ArgumentException("The request contains no report.", nameof(request));
        var answer = await routes.ForwardAsync((IMessage)kind.Accessor.GetValue(request), context);
        var response = new GetReportResponse();
        GetReportResponse.Descriptor.FindFieldByName(kind.Name).Accessor.SetValue(response, answer);
        return response;
    }
}
