using KlaviyoExport.ConfigurationFiles.Document;

namespace KlaviyoExport.ConfigurationFiles.Planning;

/// <summary>Sorts segments so that each comes after those to which it refers.</summary>
internal static class SegmentSequence
{
    /// <param name="segments">Segments with different names.</param>
    /// <param name="circle">Called for a segment that refers to itself, also through others.</param>
    public static IReadOnlyList<DeclaredSegment> Of(IReadOnlyList<DeclaredSegment> segments, Action<DeclaredSegment>? circle = null)
    {
        var byName = segments.ToDictionary(segment => segment.Name.Text, StringComparer.Ordinal);
        var placed = new List<DeclaredSegment>();
        var open = new HashSet<string>(StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var segment in segments.OrderBy(segment => segment.Name.Text, StringComparer.Ordinal))
            Place(segment);
        return placed;

        // A chain of references is limited by the number of segments in a file, which is small enough for the stack.
        void Place(DeclaredSegment segment)
        {
            if (done.Contains(segment.Name.Text))
                return;
            if (!open.Add(segment.Name.Text))
            {
                circle?.Invoke(segment);
                return;
            }
            foreach (var reference in segment.References)
                if (byName.TryGetValue(reference.Text, out var other))
                    Place(other);
            open.Remove(segment.Name.Text);
            done.Add(segment.Name.Text);
            placed.Add(segment);
        }
    }
}
