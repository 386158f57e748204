using System.CommandLine;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Console;

/// <summary>The command <c>rotate</c>.</summary>
internal static class RotateCommand
{
    private const string Description =
        "Creates an encryption key and encrypts all stored secrets again with it, also while servers run: API keys, tokens, database "
        + "passwords, addresses and payloads. Afterwards an old certificate (DataProtection:OldCertificates) and old keys are needed only by "
        + "open pages and sessions, which end within a day. Exit code 1 when some secrets still need their old key.";

    public static Command Build(CommandContext context) =>
        context.Doing(new Command("rotate", Description), (_, cancellationToken) => RotateAsync(context, cancellationToken));

    private static async Task<ExitCode> RotateAsync(CommandContext context, CancellationToken cancellationToken)
    {
        await using var app = ConsoleHost.Build(context.Settings);
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(cancellationToken);
        (await StoreVersion.ReadAsync(db, cancellationToken)).DemandCurrent();
        var done = await app.Services.GetRequiredService<SecretRotation>().RotateAsync(cancellationToken);
        await app.AddAuditAsync("System.SecretsRotated", cancellationToken);
        context.Terminal.Write(
            done,
            () =>
            {
                context.Terminal.Line($"{done.Changed} secrets are encrypted with the new key {done.Key}.");
                if (done.Unreadable == 0 && done.Left == 0)
                    context.Terminal.Line("No stored secret needs an older key or certificate any more.");
            }
        );
        if (done.Unreadable > 0)
            context.Terminal.Note($"{done.Unreadable} secrets could not be decrypted with any key, and stay as they are. Run check.");
        if (done.Left > 0)
            context.Terminal.Note($"{done.Left} secrets were in use all the time and still need their old key. Run rotate again.");
        return done.Unreadable == 0 && done.Left == 0 ? ExitCode.Done : ExitCode.Fault;
    }
}
