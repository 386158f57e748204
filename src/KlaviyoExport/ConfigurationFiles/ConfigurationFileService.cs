using System.Text;
using KlaviyoExport.ConfigurationFiles.Applying;
using KlaviyoExport.ConfigurationFiles.Document;
using KlaviyoExport.ConfigurationFiles.Planning;
using KlaviyoExport.ConfigurationFiles.Yaml;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.ConfigurationFiles;

/// <summary>
/// Describes the connections, sources, segments, exports, schedules and alerts of the installation as one YAML file, and makes them as a
/// file says. Items are found by their names. A section that a file does not have is left alone. Secrets are never in a file: it names
/// environment variables of this process or Key Vault secrets. All calls are for administrators.
/// </summary>
public sealed class ConfigurationFileService
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly PresentReader _reader;
    private readonly Planner _planner;
    private readonly Applier _applier;
    private readonly Audit _audit;
    private readonly ILogger _logger;

    internal ConfigurationFileService(
        IDbContextFactory<AppDb> stores,
        PresentReader reader,
        Planner planner,
        Applier applier,
        Audit audit,
        ILogger<ConfigurationFileService> logger
    ) => (_stores, _reader, _planner, _applier, _audit, _logger) = (stores, reader, planner, applier, audit, logger);

    /// <summary>Returns the JSON Schema (draft 2020-12) of a file, for editors.</summary>
    public static string Schema() => DocumentShape.Schema();

    /// <summary>
    /// Reads a file from a stream as UTF-8. It reads one character more than a file may have, so that a longer one is still refused.
    /// </summary>
    public static async Task<string> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        var buffer = new char[YamlReader.MaxLength + 1];
        return new string(buffer, 0, await reader.ReadBlockAsync(buffer, cancellationToken));
    }

    /// <summary>
    /// Checks a file without the installation: its form and its values, but not whether the people, variables and items that it names
    /// exist.
    /// </summary>
    /// <returns>All faults, in the order of the file, at most 100. Empty when there are none.</returns>
    public static IReadOnlyList<ConfigurationFault> Check(string text)
    {
        var faults = new FaultList();
        DocumentShape.Read(text, faults);
        return faults.InOrder();
    }

    /// <summary>
    /// Returns the configuration as a file. Applied to an empty installation with the same files and variables, it makes the same
    /// configuration. The same configuration always gives the same text.
    /// </summary>
    public async Task<string> ExportAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManageConfiguration.Rule.Demand(actor);
        var present = await _reader.ReadAsync(cancellationToken);
        var text = new StringBuilder();
        foreach (var variable in present.Variables)
            text.Append("# Must be set where this file is applied: ").Append(variable).Append('\n');
        return text.Append(DocumentShape.Write(present.Document)).ToString();
    }

    /// <summary>Returns what applying a file would change.</summary>
    /// <exception cref="ConfigurationInvalidException">The file has faults.</exception>
    public async Task<ConfigurationPlan> PlanAsync(Actor actor, string text, CancellationToken cancellationToken)
    {
        ManageConfiguration.Rule.Demand(actor);
        var planned = await _planner.PlanAsync(actor, text, cancellationToken);
        return new ConfigurationPlan(planned.Present.Hash(), planned.Changes);
    }

    /// <summary>
    /// Makes the installation as a file says. Applying the same file again changes nothing, and goes on after a change that failed.
    /// </summary>
    /// <param name="actor">An administrator. The actor agrees to the data privacy text of new connections and becomes their export
    /// user.</param>
    /// <param name="text">The file.</param>
    /// <param name="options">What may be removed, and which state is expected.</param>
    /// <param name="cancellationToken">Cancels between and during changes. Changes that were made stay.</param>
    /// <exception cref="ConfigurationInvalidException">The file has faults. Nothing was changed.</exception>
    /// <exception cref="ConfigurationChangedException">The configuration is not in the expected state. Nothing was changed.</exception>
    public async Task<ConfigurationResult> ApplyAsync(Actor actor, string text, ApplyOptions options, CancellationToken cancellationToken)
    {
        ManageConfiguration.Rule.Demand(actor);
        ArgumentNullException.ThrowIfNull(options);
        var planned = await _planner.PlanAsync(actor, text, cancellationToken);
        if (options.ExpectedState is { } expected && expected != planned.Present.Hash())
            throw new ConfigurationChangedException();
        var results = await _applier.ApplyAsync(actor, planned, options.Prune, cancellationToken);
        var applied = results.Count(result => result.Outcome == ChangeOutcome.Applied);
        if (applied > 0)
        {
            await using var db = await _stores.CreateDbContextAsync(cancellationToken);
            _audit.Add(
                db,
                actor,
                "Configuration.Applied",
                detail: new LocalizedMessage("ConfigurationFiles.AppliedCount", applied, planned.Changes.Count)
            );
            await db.SaveAsync(cancellationToken);
        }
        Log.Applied(_logger, applied, planned.Changes.Count);
        return new ConfigurationResult((await _reader.ReadAsync(cancellationToken)).Hash(), results);
    }
}
