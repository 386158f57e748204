namespace KlaviyoExport.Sources.Csv;

/// <summary>Loads CSV files into a staging file. The memory used does not depend on the number of rows.</summary>
internal static class CsvLoader
{
    private const int LineBits = 40;

    /// <param name="files">One or more files, all with the header of the first.</param>
    /// <param name="delimiter">Null to detect it in each file.</param>
    /// <param name="keyColumn">A column name of the header.</param>
    /// <param name="formats">How the values of columns are written, as decided by people.</param>
    /// <param name="staging">A file that does not exist yet. After a failure the caller deletes it.</param>
    /// <param name="cancellationToken">Checked for every row.</param>
    /// <exception cref="SourceException">A file cannot be read, or no file has a valid row.</exception>
    public static LoadedProfiles Load(
        IReadOnlyList<string> files,
        char? delimiter,
        string keyColumn,
        IReadOnlyList<FormatChoice> formats,
        string staging,
        CancellationToken cancellationToken
    )
    {
        var malformed = new MalformedRows();
        var names = files.Select(file => Path.GetFileName(file)).ToList();
        StagingFile? target = null;
        FieldProfiler[] profilers = [];
        IReadOnlyList<string> header = [];
        long rows = 0;
        try
        {
            for (var number = 0; number < files.Count; number++)
            {
                using var file = CsvFile.Open(files[number], delimiter, malformed);
                if (target is null)
                {
                    header = file.Header;
                    profilers = [.. header.Select(name => new FieldProfiler(name, FormatChoice.About(name, formats)))];
                    target = new StagingFile(staging, header, CsvHeader.IndexOfKey(file, keyColumn));
                }
                CsvHeader.DemandSame(file, header, names[0]);
                rows += new RowCopy(file, number, names, target, profilers, malformed).CopyAll(cancellationToken);
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
            target!.Finish();
            return new LoadedProfiles([.. profilers.Select(profiler => profiler.ToField())], rows, malformed);
        }
        finally
        {
            target?.Dispose();
        }
    }

    /// <summary>Copies the rows of one file.</summary>
    private sealed class RowCopy(
        CsvFile file,
        int number,
        IReadOnlyList<string> names,
        StagingFile target,
        FieldProfiler[] profilers,
        MalformedRows malformed
    )
    {
        public long CopyAll(CancellationToken cancellationToken)
        {
            long rows = 0;
            while (file.Read())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Utf8Value.IsEmpty(file[target.Key]))
                    malformed.Add(file.Name, file.Line, new LocalizedMessage("Sources.RowNoKey", file.Header[target.Key]));
                else if (Copy())
                    rows++;
                else
                    malformed.Add(file.Name, file.Line, Repeated(target.PlaceOf(file[target.Key])));
            }
            return rows;
        }

        private bool Copy()
        {
            for (var i = 0; i < profilers.Length; i++)
                target.Bind(i, file[i]);
            if (!target.Insert(((long)number << LineBits) | file.Line))
                return false;
            for (var i = 0; i < profilers.Length; i++)
                profilers[i].Add(file[i]);
            return true;
        }

        private LocalizedMessage Repeated(long place)
        {
            var (earlier, line) = ((int)(place >> LineBits), place & ((1L << LineBits) - 1));
            return earlier == number
                ? new LocalizedMessage("Sources.RowKeyRepeated", line)
                : new LocalizedMessage("Sources.RowKeyRepeatedIn", names[earlier], line);
        }
    }
}
