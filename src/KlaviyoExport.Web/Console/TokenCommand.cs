using System.CommandLine;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Tokens;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Console;

/// <summary>The command <c>add-token</c>.</summary>
internal static class TokenCommand
{
    private const int DefaultDays = 90;

    public static Command Build(CommandContext context)
    {
        var account = new Argument<string>("account")
        {
            Description = "The name of a service account. It is added when it does not exist.",
        };
        var name = new Option<string>("--name") { Description = "What the token is for.", DefaultValueFactory = _ => "console" };
        var role = new Option<Role>("--role")
        {
            Description = "The role of the token, and of a new account.",
            DefaultValueFactory = _ => Role.Operator,
        };
        var scopes = new Option<ApiScopes[]>("--scope")
        {
            Description = "What the token may be used for. Repeat it for several. Default: read and run.",
            DefaultValueFactory = _ => [ApiScopes.Read, ApiScopes.Run],
            AllowMultipleArgumentsPerToken = true,
        };
        var days = new Option<int>("--days")
        {
            Description = $"The days until the token expires, at most {ApiTokens.LongestDays}.",
            DefaultValueFactory = _ => DefaultDays,
        };
        return context.Doing(
            new Command(
                "add-token",
                "Creates a token of the HTTP API for a service account, and writes it to the standard output. It cannot be shown again. The "
                    + "server may run."
            )
            {
                account,
                name,
                role,
                scopes,
                days,
            },
            async (result, cancellationToken) =>
            {
                await using var app = ConsoleHost.Build(context.Settings);
                var id = await AccountAsync(app, result.GetValue(account)!.Trim(), result.GetValue(role), cancellationToken);
                var wanted = new NewApiToken(
                    result.GetValue(name)!,
                    result.GetValue(role),
                    result.GetValue(scopes)!.Aggregate(ApiScopes.None, (all, scope) => all | scope),
                    result.GetValue(days)
                );
                var created = await app.Services.GetRequiredService<ApiTokens>().CreateAsync(Actor.Console, id, wanted, cancellationToken);
                await app.SealAuditAsync();
                context.Terminal.Write(
                    new { token = created.Secret, expiresAt = created.ExpiresAt },
                    () => context.Terminal.Line(created.Secret)
                );
                return ExitCode.Done;
            }
        );
    }

    private static async Task<string> AccountAsync(WebApplication app, string name, Role role, CancellationToken cancellationToken)
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(cancellationToken);
        (await StoreVersion.ReadAsync(db, cancellationToken)).DemandCurrent();
        return await db.Set<AppUser>()
                .Where(user => user.IsServiceAccount && user.DisplayName == name)
                .OrderBy(user => user.Id)
                .Select(user => user.Id)
                .FirstOrDefaultAsync(cancellationToken)
            ?? await app.Services.GetRequiredService<PeopleService>().AddServiceAccountAsync(Actor.Console, name, role, cancellationToken);
    }
}
