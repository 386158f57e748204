using System.Globalization;
using KlaviyoExport.Sources.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KlaviyoExport.Sources.Csv;

/// <summary>
/// The SQLite file into which a CSV is loaded: one table in which every column is text, empty values are null and keys are unique. It is
/// written in one transaction without a journal, because an unfinished file is useless; <see cref="Finish"/> flushes it to disk. Values
/// are written as UTF-8 without ADO.NET, which would allocate a string and a box for each.
/// </summary>
internal sealed class StagingFile : IDisposable
{
    public const string Table = "profiles";

    private const int PageSize = 4096;
    private const long MaxPages = 4_294_967_294;

    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly sqlite3_stmt _insert;
    private readonly sqlite3_stmt _find;

    /// <param name="path">A file that does not exist yet.</param>
    /// <param name="columns">The column names, unique without regard to case.</param>
    /// <param name="keys">The indexes of the key columns.</param>
    /// <param name="maxBytes">The maximum size of the file. Null for none.</param>
    public StagingFile(string path, IReadOnlyList<string> columns, int[] keys, long? maxBytes)
    {
        _path = path;
        Keys = keys;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        _connection.Open();
        Execute(
            $"PRAGMA page_size = {PageSize}; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -65536;"
        );
        if (maxBytes is { } most)
            Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count = {Math.Clamp(most / PageSize, 1, MaxPages)}"));
        var place = Unused(columns, "place");
        Execute(
            $"CREATE TABLE {Table} ({SqlName.Quote(place)} INTEGER PRIMARY KEY, "
                + $"{string.Join(", ", columns.Select(column => SqlName.Quote(column) + " TEXT"))})"
        );
        // The expression is that of ProfileTable, so that the index is used.
        var key = SqlKey.Of([.. keys.Select(index => SqlName.Quote(columns[index]))]);
        Execute($"CREATE UNIQUE INDEX profiles_key ON {Table} ({key})");
        Execute("BEGIN");
        _insert = Prepare($"INSERT OR IGNORE INTO {Table} VALUES (?{string.Concat(Enumerable.Repeat(", ?", columns.Count))})");
        _find = Prepare($"SELECT {SqlName.Quote(place)} FROM {Table} WHERE {key} = {SqlKey.Of([.. keys.Select((_, i) => $"?{i + 1}")])}");
    }

    /// <summary>The indexes of the key columns.</summary>
    public int[] Keys { get; }

    /// <summary>Sets a value of the next row.</summary>
    public void Bind(int column, ReadOnlySpan<byte> value)
    {
        if (Utf8Value.IsEmpty(value))
            raw.sqlite3_bind_null(_insert, column + 2);
        else
            raw.sqlite3_bind_text(_insert, column + 2, value);
    }

    /// <summary>Adds the row unless its key already exists.</summary>
    /// <param name="place">The position of the row in its file. Must be greater than that of the previous row.</param>
    /// <returns>Whether it was added.</returns>
    /// <exception cref="SqliteException">The file cannot be written, for example because it would become too large.</exception>
    public bool Insert(long place)
    {
        raw.sqlite3_bind_int64(_insert, 1, place);
        Demand(raw.sqlite3_step(_insert), raw.SQLITE_DONE);
        raw.sqlite3_reset(_insert);
        return raw.sqlite3_changes(_connection.Handle!) == 1;
    }

    /// <summary>Sets a value of the key to find.</summary>
    /// <param name="key">The index in <see cref="Keys"/>.</param>
    /// <param name="value">The value. Not empty.</param>
    public void BindKey(int key, ReadOnlySpan<byte> value) => raw.sqlite3_bind_text(_find, key + 1, value);

    /// <summary>Returns the position of the row with the key that was set.</summary>
    public long FindPlace()
    {
        Demand(raw.sqlite3_step(_find), raw.SQLITE_ROW);
        var place = raw.sqlite3_column_int64(_find, 0);
        raw.sqlite3_reset(_find);
        return place;
    }

    public void Finish()
    {
        Execute("COMMIT");
        Dispose();
        using var file = new FileStream(_path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    public void Dispose()
    {
        _find.Dispose();
        _insert.Dispose();
        _connection.Dispose();
    }

    private static string Unused(IReadOnlyList<string> names, string wanted)
    {
        while (names.Contains(wanted, StringComparer.OrdinalIgnoreCase))
            wanted += "_";
        return wanted;
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private sqlite3_stmt Prepare(string sql)
    {
        Demand(raw.sqlite3_prepare_v2(_connection.Handle!, sql, out var statement), raw.SQLITE_OK);
        return statement;
    }

    private void Demand(int code, int wanted)
    {
        if (code != wanted)
            SqliteException.ThrowExceptionForRC(code, _connection.Handle!);
    }
}
