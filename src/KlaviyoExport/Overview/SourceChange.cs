using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>How the data of the source differs from the data that the run before has read.</summary>
/// <param name="SourceId">The source of this run.</param>
/// <param name="Name">Its name.</param>
/// <param name="Before">What the run before has read.</param>
/// <param name="Now">What this run has read.</param>
public sealed record SourceChange(int SourceId, string Name, SourceReading Before, SourceReading Now)
{
    /// <summary>Whether it is another source. Then everything else is different too.</summary>
    public bool IsOther => Before.SourceId != Now.SourceId;

    /// <summary>Whether a column has come, gone or changed its type.</summary>
    public bool HasOtherColumns => Before.Shape != Now.Shape;

    /// <returns>Null when both runs read the same load, or when it is not known what they read.</returns>
    internal static async Task<SourceChange?> ReadAsync(
        AppDb db,
        SourceReading? before,
        SourceReading? now,
        CancellationToken cancellationToken
    )
    {
        if (before is null || now is null || before == now)
            return null;
        var name = await db.Set<Source>()
            .Where(source => source.Id == now.SourceId)
            .Select(source => source.Name)
            .SingleOrDefaultAsync(cancellationToken);
        return name is null ? null : new SourceChange(now.SourceId, name, before, now);
    }
}
