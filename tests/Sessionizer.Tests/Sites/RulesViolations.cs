using Google.Rpc;
using Grpc.Core;
using SessionPlatform.Contracts.Sites.V1;
using SessionPlatform.ServiceDefaults.Grpc;
using SessionPlatform.Sessionizer.Sites;

namespace SessionPlatform.Sessionizer.Tests.Sites;

/// <summary>What is refused of the rules that somebody gives.</summary>
internal static class RulesViolations
{
    /// <summary>The fields that are violated, in order.</summary>
    public static IEnumerable<string> FieldsOf(SiteRules given)
    {
        var violations = new Violations();
        SiteValidation.CheckRules(SiteRulesDefaults.Complete(given), violations);
        return Record.Exception(violations.ThrowIfAny) is RpcException error
            ? error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field).Order()
            : [];
    }
}
