using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KlaviyoExport.Sources.Servers;

/// <summary>
/// Sorts rows by their key, by the bytes of UTF-8, and compares keys with those of other tables, for databases whose collation is not
/// known. It uses a temporary file, which SQLite removes by itself, so the memory does not grow with the number of rows.
/// </summary>
internal sealed class KeySorter : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=;Pooling=False");
    private readonly ServerSession _session;
    private readonly IReadOnlyList<KeySet> _sets;

    // The positions of the sets for which the rows have a column with the key as it is compared.
    private readonly IReadOnlyList<int> _byValue;
    private readonly CancellationToken _cancellationToken;

    private KeySorter(ServerSession session, IReadOnlyList<KeySet> sets, CancellationToken cancellationToken)
    {
        (_session, _sets, _cancellationToken) = (session, sets, cancellationToken);
        _byValue = [.. sets.Index().Where(one => one.Item.HasUnlikeNumbers).Select(one => one.Index)];
        _connection.Open();
    }

    /// <summary>Reads the rows of a statement, ordered by their first value, with the keys of other tables.</summary>
    /// <exception cref="SourceException">The database cannot be read, or the disk is full.</exception>
    public static async IAsyncEnumerable<string?[]> ReadAsync(
        ServerSession session,
        string statement,
        IReadOnlyList<string> values,
        int keyParts,
        IReadOnlyList<KeySet> sets,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var sorter = new KeySorter(session, sets, cancellationToken);
        // A page may wait for this, and sorting keeps its thread busy.
        using var reader = await Task.Run(() => sorter.SortAsync(statement, values, keyParts), cancellationToken);
        using var interruption = cancellationToken.Register(() => raw.sqlite3_interrupt(sorter._connection.Handle!));
        while (sorter.Guard(reader.Read))
            yield return sorter.RowOf(reader);
    }

    public void Dispose() => _connection.Dispose();

    private async Task<SqliteDataReader> SortAsync(string statement, IReadOnlyList<string> values, int keyParts)
    {
        using var interruption = _cancellationToken.Register(() => raw.sqlite3_interrupt(_connection.Handle!));
        Guard(
            Command(
                "PRAGMA journal_mode = OFF; PRAGMA temp_store = FILE; PRAGMA cache_size = -16000; "
                    + $"CREATE TABLE r (k BLOB, v BLOB{string.Concat(_byValue.Select(i => $", k{i} BLOB"))}); "
                    + string.Concat(_sets.Select((_, i) => $"CREATE TABLE m{i} (k BLOB PRIMARY KEY) WITHOUT ROWID; "))
                    + "BEGIN"
            ).ExecuteNonQuery
        );
        foreach (var (i, set) in _sets.Index())
            await AddKeysAsync(Command($"INSERT OR IGNORE INTO m{i} VALUES ($k)"), set);
        await AddRowsAsync(statement, values, keyParts);
        Guard(Command("COMMIT").ExecuteNonQuery);
        var isIn = string.Concat(
            _sets.Select((set, i) => $", EXISTS (SELECT 1 FROM m{i} WHERE k = r.k{(set.HasUnlikeNumbers ? $"{i}" : "")})")
        );
        return Guard(Command($"SELECT v{isIn} FROM r ORDER BY k").ExecuteReader);
    }

    private async Task AddKeysAsync(SqliteCommand insert, KeySet set)
    {
        var key = insert.Parameters.Add("$k", SqliteType.Blob);
        await foreach (var row in _session.ReadAsync(set.Statement, [], _cancellationToken))
        {
            // No key is equal to a missing one.
            if (set.OfOther(row) is not { } compared)
                continue;
            key.Value = Encoding.UTF8.GetBytes(compared);
            Guard(insert.ExecuteNonQuery);
        }
    }

    /// <summary>Stores the rows of a statement, by their keys.</summary>
    private async Task AddRowsAsync(string statement, IReadOnlyList<string> values, int keyParts)
    {
        var insert = Command($"INSERT INTO r VALUES ($k, $v{string.Concat(_byValue.Select(i => $", $k{i}"))})");
        var (key, packed) = (insert.Parameters.Add("$k", SqliteType.Blob), insert.Parameters.Add("$v", SqliteType.Blob));
        List<(KeySet, SqliteParameter)> compared = [.. _byValue.Select(i => (_sets[i], insert.Parameters.Add($"$k{i}", SqliteType.Blob)))];
        await foreach (var row in _session.ReadAsync(statement, values, _cancellationToken))
        {
            string?[] parts = keyParts == 0 ? [row[0]] : row[^keyParts..];
            row[0] = KeySet.Joined(parts);
            key.Value = Bytes(row[0]);
            foreach (var (set, value) in compared)
                value.Value = Bytes(set.OfRow(parts));
            packed.Value = Packed(row);
            Guard(insert.ExecuteNonQuery);
        }
    }

    private static object Bytes(string? text) => text is null ? DBNull.Value : Encoding.UTF8.GetBytes(text);

    private static byte[] Packed(string?[] row)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write7BitEncodedInt(row.Length);
        foreach (var value in row)
        {
            writer.Write(value is not null);
            if (value is not null)
                writer.Write(value);
        }
        return bytes.ToArray();
    }

    private string?[] RowOf(SqliteDataReader sorted)
    {
        using var reader = new BinaryReader(sorted.GetStream(0));
        var row = new string?[reader.Read7BitEncodedInt()];
        for (var i = 0; i < row.Length; i++)
            row[i] = reader.ReadBoolean() ? reader.ReadString() : null;
        foreach (var (i, set) in _sets.Index())
            row[set.Place] = sorted.GetBoolean(i + 1) ? "1" : null;
        return row;
    }

    private SqliteCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // The tables of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    private T Guard<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (SqliteException exception)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            if (FaultOf(exception, _session.Reading.Name) is { } fault)
                throw new SourceException(fault);
            throw;
        }
    }

    /// <returns>Null when the disk is not the cause.</returns>
    internal static SourceFault? FaultOf(SqliteException exception, string name) =>
        exception.SqliteErrorCode is raw.SQLITE_FULL or raw.SQLITE_IOERR ? SourceFault.NoRoomToSort(name, Path.GetTempPath()) : null;
}
