using System.CommandLine;
using SessionPlatform.Cli.Output;
using SessionPlatform.Cli.Parsing;
using SessionPlatform.Contracts.Identity.V1;
using SessionPlatform.Contracts.Sites.V1;

namespace SessionPlatform.Cli.Commands;

/// <summary><c>sp ties</c>: shows, revokes and restores the links of visitors and users.</summary>
internal static class TiesCommand
{
    public static Command Create(CommandHost host)
    {
        var visitor = new Argument<string?>("VISITOR")
        {
            Description = "A visitor id.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var user = new Option<string?>("--user") { HelpName = "USER", Description = "The visitors of this user." };
        var site = new Option<string?>("--site") { HelpName = "SITE", Description = "The site." };
        var json = CommonOptions.Json();
        var command = new Command("ties", "Which visitors are one user. Reports with --unit user count them once.")
        {
            visitor, user, site, json,
            CreateSet(host, "revoke", "A tie does not count, whatever events come.", revoked: true),
            CreateSet(host, "restore", "A revoked tie counts again.", revoked: false),
        };
        command.Validators.Add(result =>
        {
            // A subcommand has its own site option.
            if (result.GetValue(site) is null)
                result.AddError("Option '--site' is required.");
            if (result.GetValue(visitor) is null == result.GetValue(user) is null)
                result.AddError("Give a visitor, or a user by --user.");
        });
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var request = new ListTiesRequest
            {
                SiteId = parsed.GetValue(site)!,
                VisitorId = parsed.GetValue(visitor) ?? "",
                UserId = parsed.GetValue(user) ?? "",
            };
            var answer = await context.Query.ListTiesAsync(
                request, context.CallFor(request.SiteId, Key.Types.Scope.Read, cancellationToken));
            if (parsed.GetValue(json))
            {
                await Json.WriteLineAsync(context, answer);
                return ExitCodes.Done;
            }

            var table = new DataTable("Visitor", "User", "State");
            foreach (var tie in answer.Ties)
                table.Row(Show.Foreign(tie.VisitorId), Show.Foreign(tie.UserId), StateOf(tie));
            context.Output.Write(table);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateSet(CommandHost host, string name, string description, bool revoked)
    {
        var visitor = new Argument<string>("VISITOR") { Description = "A visitor id." };
        var user = new Argument<string>("USER") { Description = "A user id." };
        var site = CommonOptions.Site();
        var json = CommonOptions.Json();
        var command = new Command(name, description) { visitor, user, site, json };
        host.OnRun(command, async (context, parsed, cancellationToken) =>
        {
            var request = new SetTieRequest
            {
                SiteId = parsed.GetRequiredValue(site),
                VisitorId = parsed.GetRequiredValue(visitor),
                UserId = parsed.GetRequiredValue(user),
                Revoked = revoked,
            };
            var answer = await context.Query.SetTieAsync(
                request, context.CallFor(request.SiteId, Key.Types.Scope.Admin, cancellationToken));
            if (parsed.GetValue(json))
                await Json.WriteLineAsync(context, answer);
            else
                await context.Environment.Output.WriteLineAsync(answer.HasUserId
                    ? $"{Show.Foreign(request.VisitorId)} is {Show.Foreign(answer.UserId)} now."
                    : $"{Show.Foreign(request.VisitorId)} is tied to no user now.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static string StateOf(Tie tie)
    {
        if (tie.Revoked)
            return "revoked";
        return tie.Current ? "counts" : "a later one counts";
    }
}
