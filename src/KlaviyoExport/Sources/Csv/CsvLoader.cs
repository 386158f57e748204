namespace KlaviyoExport.Sources.Csv;

/// <summary>Loads CSV files into a staging file, in memory that does not grow with the rows.</summary>
internal static class CsvLoader
{
    private const int LineBits = 40;

    /// <param name="files">At least one; all with the header of the first.</param>
    /// <param name="delimiter">Null: found out, in each file.</param>
    /// <param name="keyColumn">A name of the header.</param>
    /// <param name="staging">A file that does not exist yet. What a failure leaves of it is the caller's to delete.</param>
    /// <param name="cancellationToken">Looked at for every row.</param>
    /// <exception cref="SourceException">A file cannot be read, or there is no sound row in any.</exception>
    public static LoadedProfiles Load(
        IReadOnlyList<string> files,
        char? delimiter,
        string keyColumn,
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
                    profilers = [.. header.Select(name => new FieldProfiler(name))];
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
