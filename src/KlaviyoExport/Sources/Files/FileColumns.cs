namespace KlaviyoExport.Sources.Files;

/// <summary>The columns of a file, each with a name of its own.</summary>
internal sealed class FileColumns
{
    /// <summary>The limit of SQLite, minus the column that the staging file adds.</summary>
    public const int MostColumns = 1_999;

    private readonly int _count;
    private readonly List<string> _names = [];
    private readonly int[] _indexes;
    private readonly HashSet<int> _nameless = [];

    /// <param name="file">The file name for messages.</param>
    /// <param name="found">The names in the file, which may be empty or repeated.</param>
    /// <param name="kept">The names of the columns that are read. Null for all.</param>
    /// <exception cref="SourceException">There are no names, or too many.</exception>
    public FileColumns(string file, IReadOnlyList<string> found, IReadOnlyList<string>? kept)
    {
        // JSON and Parquet can have names with NUL, at which a statement of SQLite ends.
        found = [.. found.Select(name => name.Replace("\0", "", StringComparison.Ordinal))];
        var count = found.Count;
        while (count > MostColumns && found[count - 1].Length == 0)
            count--;
        if (count > MostColumns)
            throw new SourceException(new LocalizedMessage("Sources.TooManyColumns", file, count, MostColumns));
        if (found.All(name => name.Length == 0))
            throw new SourceException(new LocalizedMessage("Sources.HeaderUnnamed", file));
        // Column names in SQLite are case-insensitive.
        var taken = found.Where(name => name.Length > 0).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        List<int> indexes = [];
        for (var i = 0; i < count; i++)
        {
            if (CsvCell.OurColumns.Contains(found[i]))
            {
                AreOurs = true;
                continue;
            }
            var name = found[i];
            var (isNameless, isRepeated) = (name.Length == 0, name.Length > 0 && !seen.Add(name));
            if (isNameless)
                name = Free($"Column {i + 1}", taken);
            else if (isRepeated)
                name = Free(name, taken);
            if (kept?.Contains(name) == false)
            {
                LeavesOut = true;
                continue;
            }
            if (isNameless)
                _nameless.Add(_names.Count);
            Renamed += isRepeated ? 1 : 0;
            _names.Add(name);
            indexes.Add(i);
        }
        _indexes = [.. indexes];
        Width = found.ToList().FindLastIndex(name => name.Length > 0) + 1;
        _count = found.Count;
    }

    public IReadOnlyList<string> Names => _names;

    /// <summary>The columns without a name in the file.</summary>
    public IReadOnlySet<int> Nameless => _nameless;

    /// <summary>The number of columns whose name another column has.</summary>
    public int Renamed { get; }

    /// <summary>Whether the file has columns that are not read.</summary>
    public bool LeavesOut { get; }

    /// <summary>The number of values that a complete row has.</summary>
    public int Width { get; }

    /// <summary>Whether this product has written the file, so that the apostrophes before formulas must be taken off.</summary>
    public bool AreOurs { get; }

    /// <summary>Returns the position of a column in the rows of the file.</summary>
    public int IndexOf(int column) => _indexes[column];

    /// <summary>Returns why a row does not fit the columns. Null when it does.</summary>
    public LocalizedMessage? FaultOf(FileRows rows)
    {
        for (var i = _count; i < rows.Count; i++)
        {
            if (!Utf8Value.IsEmpty(rows[i]))
                return new LocalizedMessage("Sources.RowColumns", rows.Count, _count);
        }
        return null;
    }

    /// <summary>Demands that a file has the columns of the first one. Columns without a name may differ.</summary>
    /// <exception cref="SourceException">A column differs; the message names it.</exception>
    public static void DemandSame(SourceFile file, SourceFile first)
    {
        var (wanted, found) = (Named(first), Named(file));
        for (var i = 0; i < Math.Max(wanted.Count, found.Count); i++)
        {
            var (expected, actual) = (wanted.ElementAtOrDefault(i) ?? "", found.ElementAtOrDefault(i) ?? "");
            if (expected != actual)
                throw new SourceException(new LocalizedMessage("Sources.HeaderDiffers", file.Name, first.Name, i + 1, actual, expected));
        }

        static List<string> Named(SourceFile file)
        {
            var last = Enumerable.Range(0, file.Header.Count).LastOrDefault(i => !file.Nameless.Contains(i), -1);
            return [.. file.Header.Take(last + 1)];
        }
    }

    private static string Free(string name, HashSet<string> taken)
    {
        var free = name;
        for (var number = 2; !taken.Add(free); number++)
            free = $"{name} ({number})";
        return free;
    }
}
