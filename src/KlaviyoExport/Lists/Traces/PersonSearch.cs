using KlaviyoExport.Exports;
using KlaviyoExport.Segments;

namespace KlaviyoExport.Lists.Traces;

/// <summary>Finds the profiles of a person in the sources of exports. Exports with the same source and email field share one search.</summary>
internal sealed class PersonSearch(ProfileLookup profiles)
{
    /// <param name="text">An address, or the key of a profile.</param>
    /// <param name="exports">The exports, with their sources and segments.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>What each export would read of the person now.</returns>
    public async Task<IReadOnlyList<PersonInSource>> FindAsync(
        string text,
        IReadOnlyList<Export> exports,
        CancellationToken cancellationToken
    )
    {
        var found = new List<PersonInSource>(exports.Count);
        foreach (var alike in exports.GroupBy(export => (export.SourceId, export.EmailField)))
        {
            try
            {
                var rows = await profiles.FindAsync(
                    alike.First().Source!,
                    alike.Key.EmailField,
                    [.. alike.SelectMany(export => export.FieldsRead)],
                    [.. alike.SelectMany(export => export.Segments.Concat(export.ExcludedSegments))],
                    text,
                    cancellationToken
                );
                found.AddRange(
                    alike.Select(export => new PersonInSource(
                        export,
                        rows.Under(new SegmentSelection(ByName(export.Segments), ByName(export.ExcludedSegments)), export.FieldsRead),
                        null
                    ))
                );
            }
            catch (Exception fault) when (fault is LocalizedException or IOException)
            {
                var why = RunFault.Of(fault, "").Outcome.Message;
                found.AddRange(alike.Select(export => new PersonInSource(export, [], why)));
            }
        }
        return found;
    }

    private static IReadOnlyList<Segment> ByName(IEnumerable<Segment> segments) =>
        [.. segments.OrderBy(segment => segment.Name, StringComparer.Ordinal)];
}

/// <summary>The profiles of a person in the source of an export.</summary>
/// <param name="Fault">Why the source cannot be read. Null when it was read.</param>
internal sealed record PersonInSource(Export Export, IReadOnlyList<FoundProfile> Profiles, LocalizedMessage? Fault);
