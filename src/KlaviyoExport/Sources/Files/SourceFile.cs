using System.Text;

namespace KlaviyoExport.Sources.Files;

/// <summary>Reads a file of a source row by row, in the order of its columns. Rows that cannot be read are reported and skipped.</summary>
internal sealed class SourceFile : IDisposable
{
    private readonly FileRows _rows;
    private readonly FileColumns _columns;
    private readonly MalformedRows _malformed;
    private readonly FileInfo _file;
    private readonly (long Length, DateTime WrittenAt) _found;

    private SourceFile(string path, FileRows rows, IReadOnlyList<string>? kept, MalformedRows malformed)
    {
        Name = Path.GetFileName(path);
        _file = new FileInfo(path);
        _found = (_file.Length, _file.LastWriteTimeUtc);
        (_rows, _malformed) = (rows, malformed);
        _columns = new FileColumns(Name, rows.Names, kept);
    }

    public string Name { get; }

    /// <summary>The names of the columns, each of them once.</summary>
    public IReadOnlyList<string> Header => _columns.Names;

    /// <summary>The columns without a name in the file.</summary>
    public IReadOnlySet<int> Nameless => _columns.Nameless;

    public FileFindings Findings => _rows.Findings;

    /// <summary>The 1-based number of the line or row where the current row starts.</summary>
    public long Line => _rows.Line;

    /// <summary>
    /// All values of the current row, in the order of the file. If columns are left out, those of the others; none when the values cannot
    /// be told apart.
    /// </summary>
    public IEnumerable<string> Values
    {
        get
        {
            if (_columns.LeavesOut)
            {
                for (var i = 0; i < Header.Count && FaultOfRow is null; i++)
                    yield return Text(i);
                yield break;
            }
            for (var i = 0; i < _rows.Count; i++)
                yield return Encoding.UTF8.GetString(_rows[i]);
        }
    }

    /// <summary>The names of the columns of <see cref="Values"/>.</summary>
    public IReadOnlyList<string> NamesInFile => _columns.LeavesOut ? Header : _rows.Names;

    private LocalizedMessage? FaultOfRow => _rows.Fault ?? _columns.FaultOf(_rows);

    /// <summary>Opens the file and reads its header.</summary>
    /// <exception cref="SourceException">The file has no valid header.</exception>
    public static SourceFile Open(string path, FileReading reading, MalformedRows malformed)
    {
        try
        {
            var rows = FileFormats.Open(path, reading);
            try
            {
                return new SourceFile(path, rows, reading.Kept, malformed);
            }
            catch
            {
                rows.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SourceException(new LocalizedMessage("Sources.FileUnreadable", Path.GetFileName(path)));
        }
    }

    /// <summary>Moves to the next row whose values can be told apart.</summary>
    /// <exception cref="SourceException">The rest of the file cannot be split into rows.</exception>
    public bool Read(Repairs repairs)
    {
        while (_rows.Read())
        {
            if (FaultOfRow is { } fault)
            {
                _malformed.Add(this, fault);
                continue;
            }
            if (_rows.Repair is { } repair)
                repairs.Add(repair);
            if (_rows.Count < _columns.Width)
                repairs.Add(RepairKind.MissingValues);
            else if (_rows.Count > _rows.Names.Count)
                repairs.Add(RepairKind.EmptyExtras);
            return true;
        }
        return false;
    }

    /// <summary>Counts what was repaired in the lines above the rows.</summary>
    public void Report(Repairs repairs)
    {
        repairs.Add(RepairKind.SkippedLines, Findings.LinesToSkip ?? 0);
        repairs.Add(RepairKind.RenamedColumns, _columns.Renamed);
        repairs.Add(RepairKind.NestedColumns, Findings.NestedColumns);
    }

    /// <summary>Must be called at the end: a file that is still being written is incomplete.</summary>
    /// <exception cref="SourceException">The file was changed since it was opened.</exception>
    public void DemandUnchanged()
    {
        _file.Refresh();
        if (!_file.Exists || (_file.Length, _file.LastWriteTimeUtc) != _found)
            throw new SourceException(SourceFault.ChangedWhileRead(Name));
    }

    /// <summary>Returns a value of the current row in UTF-8. Valid until the next row.</summary>
    public ReadOnlySpan<byte> this[int column]
    {
        get
        {
            var index = _columns.IndexOf(column);
            var value = index < _rows.Count ? _rows[index] : default;
            return _columns.AreOurs && value.Contains((byte)'\'')
                ? Encoding.UTF8.GetBytes(CsvCell.Unprotect(Encoding.UTF8.GetString(value)))
                : value;
        }
    }

    /// <summary>Whether the format has numbers that are not texts.</summary>
    public bool HasNumbers => _rows.HasNumbers;

    /// <summary>Whether a value of the current row is a number in the file, and not a text with digits.</summary>
    public bool IsNumber(int column) => _columns.IndexOf(column) is var index && index < _rows.Count && _rows.IsNumber(index);

    public string Text(int column) => Encoding.UTF8.GetString(this[column]);

    public void Dispose() => _rows.Dispose();
}
