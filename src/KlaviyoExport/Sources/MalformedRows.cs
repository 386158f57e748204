using KlaviyoExport.Sources.Files;

namespace KlaviyoExport.Sources;

/// <summary>Counts malformed rows and keeps the first of them.</summary>
/// <param name="rejected">Stores all of them. Null to store none.</param>
internal sealed class MalformedRows(RejectedRows? rejected = null)
{
    private const int Kept = 20;

    private readonly List<MalformedRow> _first = [];

    public long Count { get; private set; }

    public IReadOnlyList<MalformedRow> First => _first;

    /// <summary>Adds the current row of a file.</summary>
    public void Add(SourceFile file, LocalizedMessage reason)
    {
        Count++;
        if (_first.Count < Kept)
            _first.Add(new MalformedRow(file.Name, file.Line, reason));
        rejected?.Add(new RejectedRow(file.Name, file.Line, reason, [.. file.Values]));
    }

    /// <summary>Adds several rows with the same reason and without a line number.</summary>
    public void AddMany(long count, string file, LocalizedMessage reason)
    {
        if (count == 0)
            return;
        Count += count;
        _first.Add(new MalformedRow(file, 0, reason));
    }
}
