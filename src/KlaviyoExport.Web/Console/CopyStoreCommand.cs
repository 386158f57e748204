using System.CommandLine;
using KlaviyoExport.Data;
using KlaviyoExport.People;

namespace KlaviyoExport.Web.Console;

/// <summary>The command <c>copy-store</c>.</summary>
internal static class CopyStoreCommand
{
    private const string Variable = "KLAVIYO_EXPORT_TARGET";

    private const string Description =
        "Copies the SQLite store to an empty PostgreSQL or SQL Server database. The server must be stopped. All rows are copied in one "
        + "transaction; the number of rows and a checksum of each table are compared. The SQLite store is not changed. Afterwards set "
        + "Database:Provider and ConnectionStrings:Default, and keep DataDirectory.";

    public static Command Build(CommandContext context)
    {
        var to = new Option<StoreProvider>("--to") { Description = "The kind of database.", Required = true };
        to.AcceptOnlyFromAmong(nameof(StoreProvider.PostgreSql), nameof(StoreProvider.SqlServer));
        var file = new Option<string?>("--connection-file")
        {
            Description =
                $"A file with the connection string of the database. Default: the variable {Variable}. It contains a password, so it "
                + "is no argument.",
        };
        return context.Doing(
            new Command("copy-store", Description) { to, file },
            async (result, cancellationToken) =>
            {
                var connection = result.GetValue(file) is { } path
                    ? await File.ReadAllTextAsync(path, cancellationToken)
                    : Environment.GetEnvironmentVariable(Variable);
                if (connection?.Trim() is not { Length: > 0 } target)
                    throw new CommandFaultException(
                        $"Set --connection-file, or the variable {Variable}, to the connection string of the target."
                    );
                return await CopyAsync(context, result.GetValue(to), target, cancellationToken);
            }
        );
    }

    private static async Task<ExitCode> CopyAsync(
        CommandContext context,
        StoreProvider to,
        string connection,
        CancellationToken cancellationToken
    )
    {
        await using var app = ConsoleHost.Build(context.Settings);
        using var directory = app.Lock("Stop the server before you copy its store.");
        var tables = new List<CopiedTable>();
        await app
            .Services.GetRequiredService<StoreCopy>()
            .CopyAsync(
                to,
                connection,
                table =>
                {
                    tables.Add(table);
                    if (context.Terminal.IsAnimated)
                        context.Terminal.Note($"{table.Name}: {table.Rows}");
                },
                cancellationToken,
                // In the audit that goes on. The store that was copied is not changed.
                target => app.Services.GetRequiredService<Audit>().Add(target, Actor.Console, "System.StoreCopied")
            );
        var rows = tables.Sum(table => table.Rows);
        context.Terminal.Write(
            new
            {
                provider = to.ToString(),
                rows,
                tables,
            },
            () => context.Terminal.Line($"{rows} rows of {tables.Count} tables were copied and compared. Set Database:Provider to {to}.")
        );
        return ExitCode.Done;
    }
}
