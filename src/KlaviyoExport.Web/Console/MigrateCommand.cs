using System.CommandLine;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Console;

/// <summary>The command <c>migrate</c>, which brings the store to the current schema.</summary>
internal static class MigrateCommand
{
    public static Command Build(CommandContext context) =>
        context.Doing(
            new Command(
                "migrate",
                "Migrates the store to this version, as the server does at its start. Creates a store where there is none."
            ),
            (_, cancellationToken) => MigrateAsync(context, cancellationToken)
        );

    private static async Task<ExitCode> MigrateAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using var app = ConsoleHost.Build(context.Settings);
        await app.MigrateAsync(cancellationToken);
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(cancellationToken);
        var version = await StoreVersion.ReadAsync(db, cancellationToken);
        context.Terminal.Write(new { migration = version.Last }, () => context.Terminal.Line("The store is up to date."));
        return ExitCode.Done;
    }

    public static Task MigrateAsync(this WebApplication app, CancellationToken cancellationToken) =>
        ActivatorUtilities.CreateInstance<StoreMigration>(app.Services).StartingAsync(cancellationToken);
}
