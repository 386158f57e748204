using Parquet;
using Parquet.Schema;

namespace KlaviyoExport.Sources.Files;

/// <summary>The rows of a Parquet file, one row group at a time. Columns with nested values are left out and counted.</summary>
internal sealed class ParquetRows : ValueRows
{
    /// <summary>The limit of a row group, which is kept in memory.</summary>
    private const long MostBytes = 1_000_000_000;

    /// <summary>The limit of the values in a row group.</summary>
    private const long MostValues = 50_000_000;

    private readonly ParquetReader _reader;
    private readonly Stream _stream;
    private readonly string _name;
    private readonly DataField[] _fields;
    private Func<int, object?>[] _columns = [];
    private int _group = -1;
    private int _row;
    private int _rows;
    private long _line;

    private ParquetRows(ParquetReader reader, Stream stream, string name)
    {
        (_reader, _stream, _name) = (reader, stream, name);
        _fields = [.. reader.Schema.Fields.OfType<DataField>().Where(field => !field.IsArray && ParquetColumn.CanRead(field))];
        Names = [.. _fields.Select(field => field.Name.Trim())];
        Findings = new FileFindings(FileFormat.Parquet) { NestedColumns = reader.Schema.Fields.Count - _fields.Length };
    }

    public override IReadOnlyList<string> Names { get; }

    public override FileFindings Findings { get; }

    public override long Line => _line;

    /// <param name="stream">The file. Disposed with the rows.</param>
    /// <param name="name">The file name for messages.</param>
    /// <param name="limits">The limits of the content.</param>
    /// <exception cref="SourceException">The file is damaged or too large.</exception>
    public static ParquetRows Open(Stream stream, string name, PackedLimits limits)
    {
        try
        {
            return Guarded(
                name,
                () =>
                {
                    ParquetFooter.Demand(stream);
                    var options = new ParquetOptions { UseDateOnlyTypeForDates = true };
                    var reader = Wait(new ValueTask<ParquetReader>(ParquetReader.CreateAsync(stream, options)));
                    var content = reader.RowGroups.Sum(group => group.RowGroup.TotalByteSize);
                    limits.Demand(content, stream.Length, name);
                    return new ParquetRows(reader, stream, name);
                }
            );
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public override bool Read()
    {
        while (_row >= _rows)
        {
            if (++_group >= _reader.RowGroupCount)
                return false;
            Guarded(
                _name,
                () =>
                {
                    Load(_reader.RowGroups[_group]);
                    return true;
                }
            );
        }
        Clear();
        foreach (var column in _columns)
            Add(column(_row));
        _row++;
        _line++;
        DemandLength(_name);
        return true;
    }

    public override void Dispose() => _stream.Dispose();

    private void Load(ParquetRowGroupReader group)
    {
        if (group.RowGroup.TotalByteSize > MostBytes || group.RowCount > MostValues / Math.Max(_fields.Length, 1))
            throw new SourceException(new LocalizedMessage("Sources.RowGroupTooLarge", _name, MostBytes, MostValues));
        (_row, _rows) = (0, (int)group.RowCount);
        _columns = [.. _fields.Select(field => Wait(ParquetColumn.ReadAsync(group, field)))];
    }

    // Files are read synchronously, on a thread of the pool.
    private static T Wait<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private static T Guarded<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is not (SourceException or OutOfMemoryException))
        {
            // The library has no exception of its own for most kinds of damage.
            throw new SourceException(new LocalizedMessage("Sources.FileDamaged", name));
        }
    }
}
