using KlaviyoExport.Sources.Files;

namespace KlaviyoExport.Sources.Csv;

/// <summary>Loads files into a staging file. The memory used does not depend on the number of rows.</summary>
internal static class CsvLoader
{
    private const int LineBits = 40;

    /// <param name="files">One or more files, all with the header of the first.</param>
    /// <param name="reading">How they are read.</param>
    /// <param name="keyColumns">Column names of the header.</param>
    /// <param name="formats">How the values of columns are written, as decided by people.</param>
    /// <param name="staging">A file that does not exist yet. After a failure the caller deletes it.</param>
    /// <param name="maxBytes">The maximum size of the staging file. Null for none.</param>
    /// <param name="cancellationToken">Checked for every row.</param>
    /// <exception cref="SourceException">A file cannot be read, or no file has a valid row.</exception>
    public static LoadedProfiles Load(
        IReadOnlyList<string> files,
        FileReading reading,
        KeyColumns keyColumns,
        IReadOnlyList<FormatChoice> formats,
        string staging,
        long? maxBytes,
        CancellationToken cancellationToken
    )
    {
        using var rejected = new RejectedRows(RejectedRows.PathOf(staging));
        var (malformed, repairs) = (new MalformedRows(rejected), new Repairs());
        var names = files.Select(file => Path.GetFileName(file)).ToList();
        using var first = SourceFile.Open(files[0], reading, malformed);
        rejected.Columns = first.NamesInFile;
        using var target = new StagingFile(staging, first.Header, IndexesOf(keyColumns, first), maxBytes);
        FieldProfiler[] profilers = [.. first.Header.Select(name => new FieldProfiler(name, FormatChoice.About(name, formats)))];
        long rows = 0;
        for (var number = 0; number < files.Count; number++)
        {
            using var other = number == 0 ? null : SourceFile.Open(files[number], reading, malformed);
            var file = other ?? first;
            FileColumns.DemandSame(file, first);
            rows += new RowCopy(file, number, names, target, profilers, malformed, repairs).CopyAll(cancellationToken);
            file.Report(repairs);
            file.DemandUnchanged();
        }
        if (rows == 0)
        {
            throw new SourceException(
                malformed.Count == 0
                    ? new LocalizedMessage("Sources.HeaderOnly", names[0])
                    : new LocalizedMessage("Sources.NoUsableRows", names[0], malformed.Count, malformed.First[0].Reason)
            );
        }
        target.Finish();
        var fields = NamelessColumns.Without(profilers.Select(profiler => profiler.ToField()), first, repairs);
        return new LoadedProfiles(fields, rows, malformed) { Repairs = repairs.All };
    }

    /// <exception cref="SourceException">The header lacks a column.</exception>
    private static int[] IndexesOf(KeyColumns keys, SourceFile file)
    {
        var header = file.Header.ToList();
        return keys.FirstOrDefault(key => !header.Contains(key)) is { } lost
            ? throw new SourceException(new LocalizedMessage("Sources.KeyNotInHeader", file.Name, lost, string.Join(", ", header)))
            : [.. keys.Select(key => header.IndexOf(key))];
    }

    /// <summary>Copies the rows of one file.</summary>
    private sealed class RowCopy(
        SourceFile file,
        int number,
        IReadOnlyList<string> names,
        StagingFile target,
        FieldProfiler[] profilers,
        MalformedRows malformed,
        Repairs repairs
    )
    {
        private readonly int _columns = file.Header.Count;
        private readonly bool _hasNumbers = file.HasNumbers;

        public long CopyAll(CancellationToken cancellationToken)
        {
            long rows = 0;
            while (file.Read(repairs))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (HasMore())
                    malformed.Add(file, new LocalizedMessage("Sources.RowColumns", file.Values.Count(), profilers.Length));
                else if (EmptyKey() is { } empty)
                    malformed.Add(file, new LocalizedMessage("Sources.RowNoKey", file.Header[empty]));
                else if (Copy())
                    rows++;
                else
                    malformed.Add(file, Repeated(PlaceOfSame()));
            }
            return rows;
        }

        private bool Copy()
        {
            for (var i = 0; i < profilers.Length; i++)
                target.Bind(i, Value(i));
            if (!target.Insert(((long)number << LineBits) | file.Line))
                return false;
            for (var i = 0; i < profilers.Length; i++)
            {
                if (_hasNumbers && i < _columns)
                    profilers[i].HasNativeNumbers = file.IsNumber(i);
                profilers[i].Add(Value(i));
            }
            return true;
        }

        /// <summary>Whether the row has values in columns without a name that the first file does not have.</summary>
        private bool HasMore()
        {
            for (var i = profilers.Length; i < _columns; i++)
            {
                if (!Utf8Value.IsEmpty(file[i]))
                    return true;
            }
            return false;
        }

        /// <summary>Returns the first key column without a value. Null when there is none.</summary>
        private int? EmptyKey()
        {
            foreach (var key in target.Keys)
            {
                if (Utf8Value.IsEmpty(file[key]))
                    return key;
            }
            return null;
        }

        /// <summary>Returns the position of the earlier row with the key of the current one.</summary>
        private long PlaceOfSame()
        {
            for (var i = 0; i < target.Keys.Length; i++)
                target.BindKey(i, file[target.Keys[i]]);
            return target.FindPlace();
        }

        private ReadOnlySpan<byte> Value(int column) => column < _columns ? file[column] : default;

        private LocalizedMessage Repeated(long place)
        {
            var (earlier, line) = ((int)(place >> LineBits), place & ((1L << LineBits) - 1));
            return earlier == number
                ? new LocalizedMessage("Sources.RowKeyRepeated", line)
                : new LocalizedMessage("Sources.RowKeyRepeatedIn", names[earlier], line);
        }
    }
}
