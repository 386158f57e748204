namespace KlaviyoExport.Sources;

/// <summary>Counts malformed rows and keeps the first of them.</summary>
internal sealed class MalformedRows
{
    private const int Kept = 20;

    private readonly List<MalformedRow> _first = [];

    public long Count { get; private set; }

    public IReadOnlyList<MalformedRow> First => _first;

    public void Add(string file, long line, LocalizedMessage reason)
    {
        Count++;
        if (_first.Count < Kept)
            _first.Add(new MalformedRow(file, line, reason));
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
