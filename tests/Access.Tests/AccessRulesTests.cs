using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using SessionPlatform.Contracts.Query.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Access.Tests;

/// <summary>Walks all RPCs of the contracts assembly, so that none is served without a rule.</summary>
public sealed class AccessRulesTests
{
    private static readonly string[] ForAnyKey = ["/sessionplatform.query.v1.Query/Wait"];

    public static TheoryData<string> Methods => [.. AllMethods().Select(PathOf)];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_rpc_has_a_rule(string method) => Assert.NotNull(ContractAccessRules.Find(method));

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_platform_key_is_admitted_to_every_rpc(string method) =>
        Check(method, RequestAbout("shop", method), Caller.Platform);

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_key_without_scopes_is_refused_by_every_rpc_that_is_not_for_any_key(string method)
    {
        if (ForAnyKey.Contains(method))
            return;
        var error = Assert.Throws<RpcException>(() => Check(method, RequestAbout("shop", method), KeyOf("shop")));
        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_key_of_another_site_is_refused_wherever_a_site_is_named(string method)
    {
        var request = RequestAbout("shop", method);
        if (request is null || request.CalculateSize() == 0)
            return;
        var error = Assert.Throws<RpcException>(
            () => Check(method, request, KeyOf("bank", Key.Types.Scope.Admin)));
        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
    }

    [Fact]
    public void A_member_of_a_oneof_is_where_the_site_is_named()
    {
        var path = new SitePath("report.report.site_id");
        var request = new WatchRequest { Report = new GetReportRequest { Lifecycle = new() { SiteId = "shop" } } };

        Assert.Equal("shop", path.Read(request));
        var error = Assert.Throws<RpcException>(() => path.Read(new WatchRequest()));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    private static IEnumerable<MethodDescriptor> AllMethods() => typeof(Site).Assembly.GetTypes()
        .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static))
        .Where(property => property?.PropertyType == typeof(FileDescriptor))
        .SelectMany(property => ((FileDescriptor)property!.GetValue(null)!).Services)
        .SelectMany(service => service.Methods);

    private static string PathOf(MethodDescriptor method) => $"/{method.Service.FullName}/{method.Name}";

    /// <summary>
    /// A request that names the site wherever a site can stand; null where the client sends a stream.
    /// </summary>
    private static IMessage? RequestAbout(string site, string path)
    {
        var method = AllMethods().Single(method => PathOf(method) == path);
        return method.IsClientStreaming ? null : About(site, method.InputType, depth: 2);
    }

    private static IMessage About(string site, MessageDescriptor type, int depth)
    {
        var message = type.Parser.ParseFrom([]);
        if (type.FindFieldByName("site_id") is { } field)
        {
            field.Accessor.SetValue(message, site);
        }
        else if (depth > 0)
        {
            var member = type.Fields.InDeclarationOrder()
                .FirstOrDefault(member => member.Name is "funnel" or "report") ?? type.Oneofs
                .FirstOrDefault(oneof => oneof.Name == "report")?.Fields[0];
            member?.Accessor.SetValue(message, About(site, member.MessageType, depth - 1));
        }

        return message;
    }

    private static Caller KeyOf(string site, params Key.Types.Scope[] scopes) =>
        new(false, new Site { SiteId = site }, scopes.ToHashSet());

    private static void Check(string method, IMessage? request, Caller caller)
    {
        var context = new CallContext(method);
        context.SetCaller(caller);
        ContractAccessRules.Find(method)!(context, request);
    }

    private sealed class CallContext(string method) : ServerCallContext
    {
        protected override string MethodCore => method;

        protected override string HostCore => "";

        protected override string PeerCore => "";

        protected override DateTime DeadlineCore => DateTime.MaxValue;

        protected override Metadata RequestHeadersCore { get; } = [];

        protected override CancellationToken CancellationTokenCore => CancellationToken.None;

        protected override Metadata ResponseTrailersCore { get; } = [];

        protected override Status StatusCore { get; set; }

        protected override WriteOptions? WriteOptionsCore { get; set; }

        protected override AuthContext AuthContextCore { get; } = new(null, []);

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
            throw new NotSupportedException();

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
    }
}
