using System.IO.Compression;
using System.Xml;
using MiniExcelLibs;
using MiniExcelLibs.OpenXml;

namespace KlaviyoExport.Sources.Files;

/// <summary>The rows of one sheet of a workbook (.xlsx).</summary>
internal sealed class ExcelRows : ValueRows
{
    private readonly Stream _stream;
    private readonly string _name;
    private readonly Queue<object?[]> _first = new();
    private IEnumerator<dynamic>? _rows;
    private long _line;
    private int _fetched;
    private bool _isFrom1904;
    private bool _isEnd;

    private ExcelRows(Stream stream, string name) => (_stream, _name) = (stream, name);

    public override IReadOnlyList<string> Names => _names;

    public override FileFindings Findings => _findings;

    public override long Line => _line;

    private List<string> _names = [];
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
            if (row.Length == 0)
                continue;
            Clear();
            for (var i = 0; i < Math.Max(row.Length, _names.Count); i++)
                Add(i < row.Length ? row[i] : null);
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
        var (contents, sheet, width) = Guarded(() => Choose(dialect));
        _isFrom1904 = contents.IsFrom1904;
        _rows = Guarded(() => Query(sheet.Name, width).GetEnumerator());
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
        names[0] = HeaderFinder.NameOf(names[0]);
        while (names is [.., ""])
            names.RemoveAt(names.Count - 1);
        _names = names;
        _findings = _findings with { Sheets = [.. contents.Sheets.Select(each => each.Name)], Sheet = sheet.Name, LinesToSkip = skip };
    }

    private (WorkbookContents Contents, WorkbookSheet Sheet, int? Width) Choose(FileDialect dialect)
    {
        using var archive = new ZipArchive(_stream, ZipArchiveMode.Read, leaveOpen: true);
        var contents = Workbook.Read(archive);
        var sheets = contents.Sheets;
        var sheet = dialect.Sheet is { } name
            ? sheets.FirstOrDefault(sheet => sheet.Name == name)
                ?? throw new SourceException(
                    new LocalizedMessage("Sources.NoSheet", _name, name, string.Join(", ", sheets.Select(sheet => sheet.Name)))
                )
            : sheets.FirstOrDefault(sheet => sheet.IsVisible) ?? sheets[0];
        var width = Workbook.WidthOf(archive, sheet);
        if (width > FileColumns.MostColumns)
            throw new SourceException(new LocalizedMessage("Sources.TooManyColumns", _name, width, FileColumns.MostColumns));
        return (contents, sheet, width);
    }

    private IEnumerable<dynamic> Query(string sheet, int? width)
    {
        // The texts that cells share stay in memory (with a limit), so that nothing of the file is written to disk.
        var configuration = new OpenXmlConfiguration { EnableSharedStringCache = false, FillMergedCells = false };
        _stream.Position = 0;
        return width is null
            ? _stream.Query(useHeaderRow: false, sheet, ExcelType.XLSX, configuration: configuration)
            : _stream.QueryRange(
                useHeaderRow: false,
                sheet,
                ExcelType.XLSX,
                startCell: "A1",
                endCell: $"{SheetWidth.NameOf(width.Value)}{SheetWidth.MostRows}",
                configuration: configuration
            );
    }

    private int LinesAbove()
    {
        var count = _first.Select(row => row.Length).DefaultIfEmpty().Max();
        return HeaderFinder.LinesAbove([
            .. _first.Select(
                (row, i) =>
                    new FirstRow(
                        i,
                        count,
                        row.Count(IsFilled),
                        row.Length,
                        row.FirstOrDefault() is string text && HeaderFinder.IsComment(System.Text.Encoding.UTF8.GetBytes(text)),
                        Array.Exists(row, IsData)
                    )
            ),
        ]);
    }

    private object?[]? Next() => _first.TryDequeue(out var row) ? row : Fetch();

    /// <summary>Returns the cells of the next row in the order of their columns, without empty ones at the end.</summary>
    private object?[]? Fetch()
    {
        if (_isEnd || Guarded(() => !_rows!.MoveNext()))
        {
            _isEnd = true;
            return null;
        }
        if (++_fetched > SheetWidth.MostRows)
            throw new SourceException(new LocalizedMessage("Sources.FileDamaged", _name));
        // The columns are named A, B… They are not always in that order: the dimension of a sheet may be missing or wrong.
        var row = ((IDictionary<string, object?>)_rows!.Current)
            .Where(cell => IsFilled(cell.Value))
            .Select(cell => (Column: SheetWidth.NumberOf(cell.Key) - 1, cell.Value))
            .ToList();
        var cells = new object?[row.Select(cell => cell.Column + 1).DefaultIfEmpty().Max()];
        if (cells.Length > FileColumns.MostColumns)
            throw new SourceException(new LocalizedMessage("Sources.TooManyColumns", _name, cells.Length, FileColumns.MostColumns));
        foreach (var (column, value) in row)
            cells[column] = value is DateTime moment && _isFrom1904 ? moment.AddDays(Workbook.DaysTo1904) : value;
        return cells;
    }

    private static bool IsFilled(object? value) => value is not (null or "");

    private static bool IsData(object? value) =>
        IsFilled(value) && (value is not string text || HeaderFinder.IsData(System.Text.Encoding.UTF8.GetBytes(text)));

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
