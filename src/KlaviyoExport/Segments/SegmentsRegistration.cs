using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Drift;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Segments;

/// <summary>Registers the services of segments.</summary>
public static class SegmentsRegistration
{
    /// <summary>Registers the services of segments. They require those of the sources.</summary>
    public static IServiceCollection AddSegments(this IServiceCollection services) =>
        services
            .AddSingleton<SegmentReader>()
            .AddSingletonBuilt<ProfileLookup>()
            .AddSingleton<SegmentUse>()
            .AddSingleton<PartCounts>()
            .AddSingleton<SegmentService>()
            .AddSingleton<FindTableUses>(MembershipTables.OfSourceAsync)
            .AddSingleton<FindFieldUsers>(
                async (db, sourceId, cancellationToken) =>
                    [
                        .. (
                            await db.Set<Segment>()
                                .AsNoTracking()
                                .Where(segment => segment.SourceId == sourceId)
                                .OrderBy(segment => segment.Name)
                                .ToListAsync(cancellationToken)
                        ).SelectMany(segment =>
                            SegmentTree
                                .NodesOf(segment.Definition)
                                .OfType<Condition>()
                                .Select(one => new FieldUser(one.Field, segment.Name))
                        ),
                    ]
            )
            .AddSingleton<FindSourceUsers>(
                async (db, sourceId, cancellationToken) =>
                    await db.Set<Segment>()
                        .Where(segment => segment.SourceId == sourceId)
                        .OrderBy(segment => segment.Name)
                        .Select(segment => segment.Name)
                        .ToListAsync(cancellationToken)
            );
}
