using System.Data.Common;

namespace KlaviyoExport.Sources.Servers;

/// <summary>Handles commands and readers of a driver.</summary>
internal static class DriverParts
{
    private const int RowsOfCall = 500;
    private const int LettersOfCall = 1_000_000;

    /// <summary>Reads some rows, of bounded size.</summary>
    /// <returns>Whether there may be more rows.</returns>
    public static bool Fill(List<string?[]> rows, DbDataReader reader, ServerDialect dialect)
    {
        var letters = 0;
        while (rows.Count < RowsOfCall && letters < LettersOfCall)
        {
            if (!reader.Read())
                return false;
            var row = RowOf(reader, dialect);
            letters += row.Sum(value => value?.Length ?? 0);
            rows.Add(row);
        }
        return true;
    }

    /// <summary>Returns the present row as invariant text.</summary>
    public static string?[] RowOf(DbDataReader reader, ServerDialect dialect)
    {
        var row = new string?[reader.FieldCount];
        for (var i = 0; i < row.Length; i++)
            row[i] = dialect.Text(reader, i);
        return row;
    }

    /// <summary>Releases a part of a connection. A broken connection needs no clean-up.</summary>
    public static void Close(IDisposable? part)
    {
        try
        {
            part?.Dispose();
        }
        catch (Exception exception) when (exception is DbException or IOException or InvalidOperationException)
        {
            // It is broken.
        }
    }

    /// <summary>Asks the server to stop a statement. Nothing happens when it has already ended.</summary>
    public static void Stop(DbCommand? command)
    {
        try
        {
            command?.Cancel();
        }
        catch (Exception exception) when (exception is DbException or InvalidOperationException or IOException)
        {
            // It has already ended.
        }
    }
}
