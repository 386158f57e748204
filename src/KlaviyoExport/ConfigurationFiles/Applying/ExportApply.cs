using KlaviyoExport.ConfigurationFiles.Document;
using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.ConfigurationFiles.Applying;

/// <summary>Adds, changes, schedules and removes exports as a file says, and sets who is told about them.</summary>
internal sealed class ExportApply(IDbContextFactory<AppDb> stores, ExportService exports, ExportSchedules schedules, AlertsApply alerts)
{
    private const string Schedule = "schedule.";
    private const string Alerts = "alerts.";

    public async Task SaveAsync(Actor actor, DeclaredExport wanted, ConfigurationChange change, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var stored = await db.Set<Export>()
            .AsNoTracking()
            .SingleOrDefaultAsync(export => export.Name == wanted.Name.Text, cancellationToken);
        var id = stored?.Id;
        if (change.Properties.Any(property => !IsOf(property, Schedule) && !IsOf(property, Alerts)))
            id = await exports.SaveAsync(actor, await DraftAsync(db, wanted, stored, cancellationToken), cancellationToken);
        if (id is not { } saved)
            return;
        if (change.Properties.Any(property => IsOf(property, Schedule)))
            await schedules.SetAsync(actor, [saved], wanted.Schedule.ToSchedule(), isOn: null, cancellationToken);
        if (change.Properties.Any(property => IsOf(property, Alerts)))
            await alerts.SaveAsync(actor, saved, wanted.Alerts, cancellationToken);
    }

    /// <summary>Removes an export with its runs. Profiles stay on the list.</summary>
    public async Task RemoveAsync(Actor actor, string name, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var ids = await db.Set<Export>().Where(export => export.Name == name).Select(export => export.Id).ToListAsync(cancellationToken);
        if (ids.Count > 0)
            await exports.RemoveAsync(actor, ids, cancellationToken);
    }

    private static bool IsOf(PropertyChange property, string group) => property.Path.StartsWith(group, StringComparison.Ordinal);

    private static async Task<ExportDraft> DraftAsync(AppDb db, DeclaredExport wanted, Export? stored, CancellationToken cancellationToken)
    {
        var connection = wanted.Connection?.Text;
        return new ExportDraft
        {
            Id = stored?.Id,
            Name = wanted.Name.Text,
            ConnectionId = await db.Set<Connection>()
                .Where(other => other.Name == connection)
                .Select(other => (int?)other.Id)
                .SingleOrDefaultAsync(cancellationToken),
            ListId = wanted.List,
            SourceId = await db.Set<Source>()
                .Where(source => source.Name == wanted.Source.Text)
                .Select(source => (int?)source.Id)
                .SingleOrDefaultAsync(cancellationToken),
            EmailField = wanted.Email,
            Fields = wanted.Fields,
            SegmentIds = await IdsAsync(db, wanted.Segments, cancellationToken),
            ExcludedSegmentIds = await IdsAsync(db, wanted.ExcludedSegments, cancellationToken),
            SyncMode = wanted.Mode,
            Audience = wanted.Audience,
            ListRules = wanted.ListRules,
            Version = stored?.Version ?? 0,
        };
    }

    private static async Task<IReadOnlyList<int>> IdsAsync(AppDb db, IReadOnlyList<ItemName> names, CancellationToken cancellationToken)
    {
        var texts = names.Select(name => name.Text).ToList();
        return await db.Set<Segment>()
            .Where(segment => texts.Contains(segment.Name))
            .Select(segment => segment.Id)
            .ToListAsync(cancellationToken);
    }
}
