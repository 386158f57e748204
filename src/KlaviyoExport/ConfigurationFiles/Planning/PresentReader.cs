using KlaviyoExport.Alerts;
using KlaviyoExport.ConfigurationFiles.Document;
using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.ConfigurationFiles.Planning;

/// <summary>Reads the present configuration as a document.</summary>
internal sealed class PresentReader(IDbContextFactory<AppDb> stores)
{
    public async Task<PresentConfiguration> ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var names = await SecretNames.ReadAsync(db, cancellationToken);
        // Practice is not part of the configuration: a file neither contains nor changes it.
        var connections = await db.Set<Connection>()
            .AsNoTracking()
            .Include(connection => connection.Shares)
            .Where(connection => !connection.IsPractice)
            .ToListAsync(cancellationToken);
        var sources = await db.Set<Source>().AsNoTracking().ToListAsync(cancellationToken);
        var segments = await db.Set<Segment>().AsNoTracking().ToListAsync(cancellationToken);
        var exports = await db.Set<Export>()
            .AsNoTracking()
            .AsSplitQuery()
            .Include(export => export.Segments)
            .Include(export => export.ExcludedSegments)
            .Where(export => !db.Set<Connection>().Any(connection => connection.IsPractice && connection.Id == export.ConnectionId))
            .ToListAsync(cancellationToken);
        var plan = await db.Set<RefreshPlan>().AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        var settings = await db.Set<AlertSettings>().AsNoTracking().SingleOrDefaultAsync(cancellationToken) ?? new AlertSettings();
        var webhooks = await db.Set<AlertWebhook>().AsNoTracking().ToListAsync(cancellationToken);
        var exportAlerts = await db.Set<ExportAlerts>().AsNoTracking().ToDictionaryAsync(stored => stored.ExportId, cancellationToken);
        var users = await db.Set<AppUser>().AsNoTracking().ToListAsync(cancellationToken);
        var people = users.ToDictionary(user => user.Id, WantedConfiguration.NameOf);
        var contributors = users.Where(user => user.Role.IsContributor()).ToDictionary(user => user.Id, WantedConfiguration.NameOf);

        var taken = names.Values.ToHashSet(StringComparer.Ordinal);
        var sourceNames = sources.ToDictionary(source => source.Id, source => source.Name);
        var segmentNames = segments.ToDictionary(segment => segment.Id, segment => segment.Name);
        var connectionNames = connections.ToDictionary(connection => connection.Id, connection => connection.Name);
        var document = new ConfigurationDocument
        {
            Version = DocumentShape.Version,
            Connections =
            [
                .. ByName(connections, connection => connection.Name).Select(connection => Of(connection, contributors, names, taken)),
            ],
            Sources =
            [
                .. ByName(sources, source => source.Name).Select(source => DeclaredSource.Of(source, PasswordOf(source, names, taken))),
            ],
            Segments =
            [
                .. ByName(segments, segment => segment.Name).Select(segment => Of(segment, sourceNames[segment.SourceId], segmentNames)),
            ],
            Exports =
            [
                .. ByName(exports, export => export.Name)
                    .Select(export =>
                        Of(export, export.ConnectionId is { } id ? connectionNames[id] : null, sourceNames[export.SourceId]) with
                        {
                            Alerts = DeclaredExportAlerts.Of(exportAlerts.GetValueOrDefault(export.Id) ?? new ExportAlerts(), people),
                        }
                    ),
            ],
            SystemRefresh = plan is null ? null : DeclaredRefresh.Of(plan),
            Alerts = DeclaredAlerts.Of(
                settings,
                [.. ByName(webhooks, webhook => webhook.Name).Select(webhook => Of(webhook, names, taken))]
            ),
        };
        return new PresentConfiguration(
            document,
            connections.ToDictionary(connection => connection.Name),
            sources.ToDictionary(source => source.Name),
            webhooks.ToDictionary(webhook => webhook.Name),
            exports.ToDictionary(export => export.Name, export => export.Id)
        );
    }

    /// <summary>Variables that are made from names are made in the order of the names.</summary>
    private static IEnumerable<T> ByName<T>(IEnumerable<T> items, Func<T, string> name) => items.OrderBy(name, StringComparer.Ordinal);

    private static DeclaredConnection Of(
        Connection connection,
        Dictionary<string, string> people,
        IReadOnlyDictionary<string, string> names,
        HashSet<string> taken
    )
    {
        var chosen = connection
            .Shares.Where(share => people.ContainsKey(share.UserId))
            .Select(share => (ItemName)people[share.UserId])
            .ToList();
        var isForChosen = connection.Sharing == Sharing.ChosenContributors && chosen.Count > 0;
        return new()
        {
            Name = connection.Name,
            Key = connection.KeyFrom is { } place
                ? SecretReference.Of(place)
                : new SecretReference
                {
                    Env =
                        names.GetValueOrDefault(SecretNames.OfConnection(connection.Id))
                        ?? SecretNames.ForConnection(connection.Name, taken),
                },
            DataPrivacy = ConnectionShapes.Agreement,
            // When none of the chosen people is a contributor any more, administrators are left.
            Sharing = connection.Sharing == Sharing.ChosenContributors && !isForChosen ? Sharing.Administrators : connection.Sharing,
            Contributors = isForChosen ? chosen : null,
            MaxProfilesPerExport = connection.MaxProfilesPerExport,
        };
    }

    private static SecretReference? PasswordOf(Source source, IReadOnlyDictionary<string, string> names, HashSet<string> taken) =>
        source switch
        {
            { PasswordFrom: { } place } => SecretReference.Of(place),
            { Server.HasPassword: true } or { Remote.NeedsSecret: true } => new SecretReference
            {
                Env = names.GetValueOrDefault(SecretNames.OfSource(source.Id)) ?? SecretNames.ForSource(source.Name, taken),
            },
            _ => null,
        };

    private static DeclaredWebhook Of(AlertWebhook webhook, IReadOnlyDictionary<string, string> names, HashSet<string> taken) =>
        new()
        {
            Name = webhook.Name,
            Url = new SecretReference
            {
                Env = names.GetValueOrDefault(SecretNames.OfWebhookUrl(webhook.Id)) ?? SecretNames.ForWebhookUrl(webhook.Name, taken),
            },
            Format = webhook.Format,
            Secret = webhook.Secret is null
                ? null
                : new SecretReference
                {
                    Env =
                        names.GetValueOrDefault(SecretNames.OfWebhookSecret(webhook.Id))
                        ?? SecretNames.ForWebhookSecret(webhook.Name, taken),
                },
            Enabled = webhook.IsOn,
        };

    private static DeclaredSegment Of(Segment segment, string sourceName, Dictionary<int, string> names) =>
        new()
        {
            Name = segment.Name,
            Source = sourceName,
            Conditions = segment.Definition is ConditionSegment { Root: var root } ? Named(root, names) : null,
            Membership = segment.Definition as MembershipSegment,
        };

    private static ConditionNode Named(ConditionNode node, Dictionary<int, string> names) =>
        node switch
        {
            ConditionGroup group => group with { Parts = [.. group.Parts.Select(part => Named(part, names))] },
            SegmentCondition reference => new NamedSegment(names.GetValueOrDefault(reference.SegmentId, "?"), reference.IsMember),
            _ => node,
        };

    private static DeclaredExport Of(Export export, string? connection, string source) =>
        new()
        {
            Name = export.Name,
            Connection = connection is null ? default(ItemName?) : connection,
            List = export.ListId,
            Source = source,
            Email = export.EmailField,
            Fields =
            [
                .. export.Fields.Select(field => field with { Default = string.IsNullOrEmpty(field.Default) ? null : field.Default }),
            ],
            Segments = [.. export.Segments.Select(segment => (ItemName)segment.Name)],
            ExcludedSegments = [.. export.ExcludedSegments.Select(segment => (ItemName)segment.Name)],
            Mode = export.SyncMode,
            Audience = export.Audience,
            ListRules = export.ListRules,
            Schedule = DeclaredSchedule.Of(export.Schedule),
        };
}
