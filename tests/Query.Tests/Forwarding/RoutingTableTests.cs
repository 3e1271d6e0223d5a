using System.Reflection;
using Google.Protobuf.Reflection;
using SessionPlatform.Contracts.Jobs.V1;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Query.Forwarding;
using SessionPlatform.Query.Grpc;

namespace SessionPlatform.Query.Tests.Forwarding;

public sealed class RoutingTableTests
{
    public static TheoryData<string> Methods =>
        [.. MethodsOf(Contracts.Query.V1.Query.Descriptor), .. MethodsOf(Jobs.Descriptor)];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_rpc_of_the_facade_is_either_forwarded_or_handled(string path)
    {
        var (service, name) = (path.Split('/')[0], path.Split('/')[1]);
        var (descriptor, handlers) = service == "Query"
            ? (Contracts.Query.V1.Query.Descriptor, typeof(QueryService))
            : (Jobs.Descriptor, typeof(JobsService));
        var method = descriptor.FindMethodByName(name);

        var isForwarded = !method.IsServerStreaming && RoutingTable.Covers(method.InputType.ClrType);
        var handler = handlers.GetMethod(name, BindingFlags.Instance | BindingFlags.Public)!;
        var isHandled = handler.DeclaringType == handlers;

        Assert.True(isForwarded ^ isHandled, $"{path}: forwarded {isForwarded}, handled {isHandled}.");
    }

    [Fact]
    public void Every_kind_of_report_is_forwarded_and_its_answer_has_a_field_of_the_same_name()
    {
        foreach (var kind in GetReportRequest.Descriptor.Fields.InDeclarationOrder())
        {
            Assert.True(RoutingTable.Covers(kind.MessageType.ClrType), kind.Name);
            Assert.NotNull(GetReportResponse.Descriptor.FindFieldByName(kind.Name));
        }
    }

    private static IEnumerable<string> MethodsOf(ServiceDescriptor service) =>
        service.Methods.Select(method => $"{service.Name}/{method.Name}");
}
