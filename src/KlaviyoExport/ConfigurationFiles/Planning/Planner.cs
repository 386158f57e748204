using KlaviyoExport.ConfigurationFiles.Document;
using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.People;

namespace KlaviyoExport.ConfigurationFiles.Planning;

/// <summary>Finds the differences between a file and the installation, in the order in which they can be made.</summary>
internal sealed class Planner(PresentReader reader, WantedConfiguration completion, LossReader losses, SecretChanges secrets)
{
    /// <exception cref="ConfigurationInvalidException">The file has faults.</exception>
    public async Task<PlannedConfiguration> PlanAsync(Actor actor, string text, CancellationToken cancellationToken)
    {
        var faults = new FaultList();
        var read = DocumentShape.Read(text, faults);
        faults.ThrowIfAny();
        var present = await reader.ReadAsync(cancellationToken);
        var wanted = await completion.CompleteAsync(read, present, faults, cancellationToken);
        faults.ThrowIfAny();
        wanted = wanted with { Segments = wanted.Segments is null ? null : SegmentSequence.Of(wanted.Segments) };

        var connections = Compare(
            ConfigurationItem.Connection,
            ConnectionShapes.Connection,
            wanted.Connections,
            present.Document.Connections!,
            item => item.Name,
            item => secrets.Of(item, present.Connections[item.Name.Text])
        );
        var sources = Compare(
            ConfigurationItem.Source,
            SourceShapes.Source,
            wanted.Sources,
            present.Document.Sources!,
            item => item.Name,
            item => secrets.Of(item, present.Sources[item.Name.Text])
        );
        var segments = Compare(
            ConfigurationItem.Segment,
            SegmentShapes.Segment,
            wanted.Segments,
            [.. SegmentSequence.Of(present.Document.Segments!).Reverse()],
            item => item.Name
        );
        var exports = new List<ConfigurationChange>();
        foreach (
            var change in Compare(
                ConfigurationItem.Export,
                ExportShapes.Export,
                wanted.Exports,
                present.Document.Exports!,
                item => item.Name
            )
        )
            exports.Add(change with { Loss = await LossAsync(actor, change, present, wanted, cancellationToken) });

        var webhooks = Compare(
            ConfigurationItem.Webhook,
            AlertShapes.Webhook,
            wanted.Alerts?.Webhooks,
            present.Document.Alerts!.Webhooks!,
            item => item.Name,
            item => secrets.Of(item, present.Webhooks[item.Name.Text])
        );

        // Items are added before those that use them, and removed after them.
        IReadOnlyList<ConfigurationChange>[] sections =
        [
            connections,
            sources,
            segments,
            exports,
            Refresh(wanted, present),
            Alerts(wanted, present),
            webhooks,
        ];
        return new PlannedConfiguration(
            present,
            wanted,
            [
                .. sections.SelectMany(changes => changes).Where(change => change.Kind != ConfigurationChangeKind.Remove),
                .. sections.Reverse().SelectMany(changes => changes).Where(change => change.Kind == ConfigurationChangeKind.Remove),
            ]
        );
    }

    private static List<ConfigurationChange> Compare<T>(
        ConfigurationItem item,
        ItemShape<T> shape,
        IReadOnlyList<T>? wanted,
        IReadOnlyList<T> present,
        Func<T, ItemName> nameOf,
        Func<T, IEnumerable<PropertyChange>>? secretsOf = null
    )
        where T : class
    {
        if (wanted is null)
            return [];
        var changes = new List<ConfigurationChange>();
        var old = present.ToDictionary(each => nameOf(each).Text, StringComparer.Ordinal);
        foreach (var each in wanted)
        {
            var before = old.GetValueOrDefault(nameOf(each).Text);
            var properties = Differences.Between(shape, before, each);
            if (before is not null && secretsOf is not null)
                properties = [.. properties, .. secretsOf(each)];
            if (before is null)
                changes.Add(new(ConfigurationChangeKind.Add, item, nameOf(each).Text, properties, null));
            else if (properties.Count > 0)
                changes.Add(new(ConfigurationChangeKind.Change, item, nameOf(each).Text, properties, null));
        }
        var names = wanted.Select(each => nameOf(each).Text).ToHashSet(StringComparer.Ordinal);
        changes.AddRange(
            present
                .Where(each => !names.Contains(nameOf(each).Text))
                .Select(each => new ConfigurationChange(ConfigurationChangeKind.Remove, item, nameOf(each).Text, [], null))
        );
        return changes;
    }

    private static List<ConfigurationChange> Refresh(ConfigurationDocument wanted, PresentConfiguration present)
    {
        if (wanted.SystemRefresh is not { } refresh)
            return [];
        var properties = Differences.Between(ScheduleShapes.Refresh, present.Document.SystemRefresh, refresh);
        var kind = present.Document.SystemRefresh is null ? ConfigurationChangeKind.Add : ConfigurationChangeKind.Change;
        return properties.Count == 0 ? [] : [new(kind, ConfigurationItem.SystemRefresh, "", properties, null)];
    }

    private static List<ConfigurationChange> Alerts(ConfigurationDocument wanted, PresentConfiguration present)
    {
        if (wanted.Alerts is not { } alerts)
            return [];
        var properties = Differences.Between(AlertShapes.Settings, present.Document.Alerts, alerts);
        return properties.Count == 0 ? [] : [new(ConfigurationChangeKind.Change, ConfigurationItem.Alerts, "", properties, null)];
    }

    private async Task<ConfigurationLoss?> LossAsync(
        Actor actor,
        ConfigurationChange change,
        PresentConfiguration present,
        ConfigurationDocument wanted,
        CancellationToken cancellationToken
    ) =>
        change.Kind switch
        {
            ConfigurationChangeKind.Remove => await losses.OfRemovalAsync(actor, present.ExportIds[change.Name], cancellationToken),
            ConfigurationChangeKind.Change when IsRedirected(change.Name, present, wanted) => await losses.OfRedirectionAsync(
                present.ExportIds[change.Name],
                cancellationToken
            ),
            _ => null,
        };

    /// <summary>Whether an export will be sent to another list, or to another Klaviyo account.</summary>
    private static bool IsRedirected(string name, PresentConfiguration present, ConfigurationDocument wanted)
    {
        var (old, @new) = (Of(present.Document), Of(wanted));
        return old.List != @new.List || AccountOf(old, present) != AccountOf(@new, present);

        DeclaredExport Of(ConfigurationDocument document) => document.Exports!.First(export => export.Name.Text == name);
    }

    /// <summary>Returns the account of an export. Null for a new connection, which counts as another account.</summary>
    private static string? AccountOf(DeclaredExport export, PresentConfiguration present) =>
        export.Connection is { } connection ? present.Connections.GetValueOrDefault(connection.Text)?.AccountId : null;
}
