using System.CommandLine;
using KlaviyoExport.Data;

namespace KlaviyoExport.Web.Console;

/// <summary>The commands <c>backup</c> and <c>restore</c>.</summary>
internal static class BackupCommands
{
    public static Command Backup(CommandContext context)
    {
        var file = new Argument<string>("file") { Description = "The new file, a zip archive. Only its owner can read it." };
        return context.Doing(
            new Command(
                "backup",
                "Writes the SQLite store, the encryption keys, uploads and loaded files to one file, also while the server runs. Whoever has "
                    + "the file can decrypt the secrets in it, unless the keys are encrypted with a certificate."
            )
            {
                file,
            },
            async (result, cancellationToken) =>
            {
                await using var app = ConsoleHost.Build(context.Settings);
                var path = Path.GetFullPath(result.GetValue(file)!);
                var manifest = await app.Services.GetRequiredService<StoreBackup>().WriteAsync(path, cancellationToken);
                await app.AddAuditAsync(
                    "System.BackedUp",
                    cancellationToken,
                    new LocalizedMessage("People.BackupFiles", manifest.Files.Count)
                );
                Tell(context, "Saved", path, manifest, null);
                return ExitCode.Done;
            }
        );
    }

    public static Command Restore(CommandContext context)
    {
        var file = new Argument<string>("file") { Description = "A file that the command backup has written." };
        return context.Doing(
            new Command(
                "restore",
                "Replaces the data directory with a backup. The server must be stopped. Everything in the backup is verified first, and the "
                    + "present files are kept in a folder of the data directory. Refuses the backup of a newer version."
            )
            {
                file,
            },
            async (result, cancellationToken) =>
            {
                await using var app = ConsoleHost.Build(context.Settings);
                using var directory = app.Lock("Stop the server before you restore a backup.");
                var path = Path.GetFullPath(result.GetValue(file)!);
                var (manifest, kept) = await app.Services.GetRequiredService<StoreRestore>().ReadAsync(path, cancellationToken);
                Tell(context, "Restored", path, manifest, kept);
                return ExitCode.Done;
            }
        );
    }

    private static void Tell(CommandContext context, string done, string path, BackupManifest manifest, string? kept) =>
        context.Terminal.Write(
            new
            {
                file = path,
                at = manifest.At,
                migration = manifest.Migration,
                files = manifest.Files.Count,
                bytes = manifest.Files.Values.Sum(file => file.Length),
                kept,
            },
            () =>
            {
                context.Terminal.Line($"{done} {manifest.Files.Count} files as of {manifest.At:u} ({path}).");
                if (kept is not null)
                    context.Terminal.Line($"What was there before is in {kept}. Delete it when you do not need it any more.");
            }
        );
}
