using System.Globalization;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Alerts.Watching;

/// <summary>Reads from the store what people may have to be told about.</summary>
internal sealed class Findings(IOptions<KlaviyoOptions> klaviyo, TimeProvider clock)
{
    public async Task<StoreFindings> ReadAsync(AppDb db, AlertAudience audience, CancellationToken cancellationToken)
    {
        var exports = await db.Set<Export>()
            .AsNoTracking()
            .Select(export => new
            {
                export.Id,
                export.Name,
                export.LastMissedAt,
            })
            .ToListAsync(cancellationToken);
        var sources = await db.Set<Source>()
            .AsNoTracking()
            .Select(source => new
            {
                source.Id,
                source.Name,
                source.LastError,
            })
            .ToListAsync(cancellationToken);
        var ages = await FreshnessReader.ReadAsync(db, cancellationToken);
        var now = clock.GetUtcNow();
        var connections = await db.Set<Connection>()
            .AsNoTracking()
            .Select(connection => new
            {
                connection.Id,
                connection.Name,
                connection.LastError,
                connection.ErrorKind,
            })
            .ToListAsync(cancellationToken);
        var names = exports.ToDictionary(export => export.Id, export => export.Name);
        return new StoreFindings(
            [
                .. await RunFindings.ReadAsync(db, names, audience.WarningShareOf, cancellationToken),
                .. exports
                    .Where(export => export.LastMissedAt is not null)
                    .Select(export => new Finding(
                        AlertTopic.Schedule,
                        export.Id,
                        export.Name,
                        AlertReason.RunMissed,
                        export.LastMissedAt!.Value.UtcTicks
                    )
                    {
                        Why = new LocalizedMessage("Alerts.MissedAt", export.LastMissedAt.Value),
                    }),
                .. sources.Select(source => new Finding(
                    AlertTopic.Source,
                    source.Id,
                    source.Name,
                    source.LastError is not null ? AlertReason.SourceNotLoaded
                        : ages.GetValueOrDefault(source.Id)?.WarningAt(now) is not null ? AlertReason.SourceOld
                        : null,
                    0
                )
                {
                    Why = source.LastError ?? ages.GetValueOrDefault(source.Id)?.WarningAt(now),
                }),
                .. await ColumnFindings.ReadAsync(db, names, cancellationToken),
                .. connections
                    // The work is retried. What comes of it is told.
                    .Where(connection => connection.LastError is null || connection.ErrorKind != ConnectionErrorKind.Passing)
                    .Select(connection => new Finding(
                        AlertTopic.Connection,
                        connection.Id,
                        connection.Name,
                        connection.LastError is null ? null
                            : connection.ErrorKind == ConnectionErrorKind.KeyVault ? AlertReason.KeyVaultUnreadable
                            : AlertReason.ConnectionUnhealthy,
                        0
                    )
                    {
                        Why = connection.LastError,
                    }),
                Revision(),
            ],
            new HashSet<(AlertTopic, int)>([
                .. exports.SelectMany(export =>
                    new[] { AlertTopic.Runs, AlertTopic.Approval, AlertTopic.Schedule, AlertTopic.Columns }.Select(topic =>
                        (topic, export.Id)
                    )
                ),
                .. sources.Select(source => (AlertTopic.Source, source.Id)),
                .. connections.Select(connection => (AlertTopic.Connection, connection.Id)),
                (AlertTopic.Revision, 0),
            ])
        );
    }

    private Finding Revision()
    {
        var revision = klaviyo.Value.Revision;
        var retiredOn = RevisionLife.Of(revision).RetiredOn;
        var isNear = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime) >= retiredOn.AddDays(-AlertOptions.RevisionWarningDays);
        return new Finding(
            AlertTopic.Revision,
            0,
            revision,
            isNear ? AlertReason.RevisionRetires : null,
            long.Parse(revision[..10].Replace("-", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)
        )
        {
            Why = isNear
                ? new LocalizedMessage("Alerts.RetiredOn", new DateTimeOffset(retiredOn.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero))
                : null,
        };
    }
}
