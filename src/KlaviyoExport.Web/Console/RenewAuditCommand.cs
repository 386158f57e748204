using System.CommandLine;
using KlaviyoExport.Data;
using KlaviyoExport.People.Auditing;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Console;

/// <summary>The command <c>renew-audit</c>.</summary>
internal static class RenewAuditCommand
{
    private const string Description =
        "Begins a new chain of the audit when the key or an end of the present one is lost and no backup has it, also while servers run. "
        + "Entries are kept and sealed again as they are: whether they were changed before can no longer be proved, and an entry says so. "
        + "Refused while the chain has its key and its ends.";

    public static Command Build(CommandContext context) =>
        context.Doing(
            new Command("renew-audit", Description),
            async (_, cancellationToken) =>
            {
                await using var app = ConsoleHost.Build(context.Settings);
                await using (
                    var db = await app.Services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(cancellationToken)
                )
                    (await StoreVersion.ReadAsync(db, cancellationToken)).DemandCurrent();
                var entries = await app.Services.GetRequiredService<AuditRenewal>().RenewAsync(cancellationToken);
                await app.SealAuditAsync();
                context.Terminal.Write(new { entries }, () => context.Terminal.Line($"A new chain begins with {entries} earlier entries."));
                return ExitCode.Done;
            }
        );
}
