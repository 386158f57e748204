using System.Xml;
using MiniExcelLibs;
using MiniExcelLibs.OpenXml;

namespace KlaviyoExport.Sources.Files;

/// <summary>The rows of one sheet of a workbook (.xlsx).</summary>
internal sealed class ExcelRows : ValueRows
{
    private readonly Stream _stream;
    private readonly string _name;
    private readonly Queue<IDictionary<string, object?>> _first = new();
    private IEnumerator<dynamic>? _rows;
    private long _line;
    private bool _isEnd;

    private ExcelRows(Stream stream, string name) => (_stream, _name) = (stream, name);

    public override IReadOnlyList<string> Names => _names;

    public override FileFindings Findings => _findings;

    public override long Line => _line;

    private IReadOnlyList<string> _names = [];
    private FileFindings _findings = new(FileFormat.Excel);

    /// <param name="stream">The workbook. Disposed with the rows.</param>
    /// <param name="name">The file name for messages.</param>
    /// <param name="dialect">The chosen sheet and lines to skip.</param>
    /// <exception cref="SourceException">There is no such sheet, or it has no header.</exception>
    public static ExcelRows Open(Stream stream, string name, FileDialect dialect)
    {
        var rows = new ExcelRows(stream, name);
        try
        {
            rows.Begin(dialect);
            return rows;
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    public override bool Read()
    {
        while (Next() is { } row)
        {
            _line++;
            Clear();
            var filled = false;
            foreach (var value in row.Values)
            {
                Add(value);
                filled |= value is not (null or "");
            }
            if (!filled)
                continue;
            DemandLength(_name);
            return true;
        }
        return false;
    }

    public override void Dispose()
    {
        _rows?.Dispose();
        _stream.Dispose();
    }

    private void Begin(FileDialect dialect)
    {
        // The texts that cells share stay in memory (with a limit), so that nothing of the file is written to disk.
        var configuration = new OpenXmlConfiguration { EnableSharedStringCache = false, FillMergedCells = false };
        List<string> sheets = [.. Guarded(() => _stream.GetSheetNames(configuration))];
        var sheet = dialect.Sheet ?? sheets[0];
        if (!sheets.Contains(sheet))
            throw new SourceException(new LocalizedMessage("Sources.NoSheet", _name, sheet, string.Join(", ", sheets)));
        _stream.Position = 0;
        _rows = Guarded(() =>
            _stream.Query(useHeaderRow: false, sheetName: sheet, excelType: ExcelType.XLSX, configuration: configuration).GetEnumerator()
        );
        while (_first.Count < Math.Max(HeaderFinder.Within, (dialect.LinesToSkip ?? 0) + 1) && Fetch() is { } row)
            _first.Enqueue(row);
        var skip = dialect.LinesToSkip ?? LinesAbove();
        for (var i = 0; i < skip && _first.Count > 0; i++, _line++)
            _first.Dequeue();
        if (!Read())
            throw new SourceException(new LocalizedMessage("Sources.Empty", _name));
        List<string> names = [];
        for (var i = 0; i < Count; i++)
            names.Add(System.Text.Encoding.UTF8.GetString(this[i]).Trim());
        while (names is [.., ""])
            names.RemoveAt(names.Count - 1);
        _names = names;
        _findings = _findings with { Sheets = sheets, Sheet = sheet, LinesToSkip = skip };
    }

    private int LinesAbove()
    {
        List<FirstRow> rows = [];
        foreach (var row in _first)
        {
            var filled = row.Values.Count(value => value is not (null or ""));
            rows.Add(
                new FirstRow(
                    rows.Count,
                    row.Count,
                    filled,
                    row.Values.FirstOrDefault() is string text && text.StartsWith("# ", StringComparison.Ordinal)
                )
            );
        }
        var width =
            rows.Where(row => row.Filled > 1)
                .GroupBy(row => row.Filled)
                .OrderByDescending(group => group.Count())
                .ThenByDescending(group => group.Key)
                .FirstOrDefault()
                ?.Key
            ?? 1;
        return HeaderFinder.LinesAbove(rows, width);
    }

    private IDictionary<string, object?>? Next() => _first.TryDequeue(out var row) ? row : Fetch();

    private IDictionary<string, object?>? Fetch()
    {
        if (_isEnd || Guarded(() => !_rows!.MoveNext()))
        {
            _isEnd = true;
            return null;
        }
        var row = (IDictionary<string, object?>)_rows!.Current;
        return row.Count <= FileColumns.MostColumns
            ? row
            : throw new SourceException(new LocalizedMessage("Sources.TooManyColumns", _name, row.Count, FileColumns.MostColumns));
    }

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception)
            when (exception
                    is XmlException
                        or FormatException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or ArgumentException
                        or InvalidDataException
            )
        {
            throw new SourceException(new LocalizedMessage("Sources.FileDamaged", _name));
        }
    }
}
