using System.CommandLine;
using KlaviyoExport.Data;
using KlaviyoExport.Overview.Checks;
using KlaviyoExport.Web.Hosting;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace KlaviyoExport.Web.Console.Checks;

/// <summary>The command <c>check</c>.</summary>
internal static class CheckCommand
{
    private const string Description =
        "Checks the installation and names each fault with its cure: settings, data directory, store, encryption keys, audit, sources, "
        + "connections, mail server and clock. Changes nothing, and may be run while the server runs. Exit code 0 without a fault (warnings "
        + "are none), otherwise 1.";

    public static Command Build(CommandContext context) =>
        context.Doing(new Command("check", Description), (_, cancellationToken) => CheckAsync(context, cancellationToken));

    private static async Task<ExitCode> CheckAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        await foreach (var finding in FindAsync(context.Settings, cancellationToken))
        {
            findings.Add(finding);
            if (!context.Terminal.IsJson)
                Show(context.Terminal, finding);
        }
        var faults = findings.Count(finding => finding.Level == FindingLevel.Fault);
        var warnings = findings.Count(finding => finding.Level == FindingLevel.Warning);
        context.Terminal.Write(
            new
            {
                faults,
                warnings,
                findings,
            },
            () => context.Terminal.Line($"{Count(faults, "fault")}, {Count(warnings, "warning")}")
        );
        return faults == 0 ? ExitCode.Done : ExitCode.Fault;
    }

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";

    private static async IAsyncEnumerable<Finding> FindAsync(
        string[] settings,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var (app, faults) = Build(settings);
        foreach (var fault in faults)
            yield return fault;
        if (app is null)
            yield break;
        await using (app)
        {
            if (faults.Count == 0)
                yield return Finding.Ok("settings", null, "All settings are valid.");
            yield return AddressCheck.Run(app.Configuration);
            await foreach (var finding in app.Services.GetRequiredService<Checkup>().RunAsync(cancellationToken))
                yield return finding;
        }
    }

    /// <summary>Builds the application. Null when the settings are so wrong that nothing else can be checked.</summary>
    private static (WebApplication? App, IReadOnlyList<Finding> Faults) Build(string[] settings)
    {
        WebApplication? app = null;
        try
        {
            // A check must not create a key.
            app = ConsoleHost.BuildUnchecked(
                settings,
                services => services.Configure<KeyManagementOptions>(keys => keys.AutoGenerateKeys = false)
            );
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            return (app, []);
        }
        catch (Exception fault) when (StartFaults.In(fault) is { Count: > 0 } faults)
        {
            (app as IDisposable)?.Dispose();
            return (
                null,
                [
                    .. faults.Select(message =>
                        Finding.Fault(
                            fault is StoreFaultException ? "data directory" : "settings",
                            null,
                            message,
                            "Correct it in appsettings.json, the environment or the command line. The rest is checked afterwards."
                        )
                    ),
                ]
            );
        }
    }

    private static void Show(Terminal terminal, Finding finding)
    {
        var (word, color) = finding.Level switch
        {
            FindingLevel.Fault => ("fault  ", "red"),
            FindingLevel.Warning => ("warning", "yellow"),
            _ => ("ok     ", "green"),
        };
        var subject = finding.Subject is { } name ? $"{finding.Area} {name}" : finding.Area;
        terminal.Out.MarkupLine($"[{color}]{word}[/] {Markup.Escape($"{subject}: {finding.Message}")}");
        if (finding.Cure is { } cure)
            terminal.Out.MarkupLine(Markup.Escape($"        {cure}"));
    }
}
