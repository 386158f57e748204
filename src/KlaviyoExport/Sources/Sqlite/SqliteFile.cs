using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KlaviyoExport.Sources.Sqlite;

/// <summary>
/// A SQLite database of the user, opened for reading. A database in write-ahead mode that no program has open is read as immutable:
/// otherwise SQLite would create two files beside it, which its owner might not be allowed to write. At the end it is verified that
/// nobody wrote in the meantime.
/// </summary>
internal sealed class SqliteFile : IDisposable
{
    /// <summary>How long to wait for the lock of another program before the read fails.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);

    // Instructions of SQLite's virtual machine: some tens of microseconds.
    private const int StepsBetweenLooks = 10_000;

    private readonly FileInfo _file;
    private readonly (long Length, DateTime WrittenAt)? _atRest;

    private SqliteFile(SqliteConnection connection, FileInfo file, (long Length, DateTime WrittenAt)? atRest) =>
        (Connection, _file, _atRest) = (connection, file, atRest);

    public SqliteConnection Connection { get; }

    /// <param name="path">The full path.</param>
    /// <param name="isOurs">Whether it is a staging file. No other program writes it.</param>
    /// <param name="isOfQuery">Whether a person's query is executed. The connection then accepts statements that read, only.</param>
    /// <exception cref="SqliteException">It is not a database or cannot be opened. <see cref="Explain"/> converts the error to a
    /// message.</exception>
    public static SqliteFile Open(string path, bool isOurs = false, bool isOfQuery = false)
    {
        var file = new FileInfo(path);
        (long, DateTime)? atRest =
            !isOurs && IsWriteAhead(path) && !File.Exists(path + "-wal") && !File.Exists(path + "-shm")
                ? (file.Length, file.LastWriteTimeUtc)
                : null;
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = atRest is null
                    ? path
                    : $"file://{Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal)}?immutable=1",
                Mode = SqliteOpenMode.ReadOnly,
                Cache = SqliteCacheMode.Private,
                Pooling = false,
                DefaultTimeout = (int)LockPatience.TotalSeconds,
            }.ConnectionString
        );
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            // Views and triggers of the file are not trusted: they may not call our functions. The last statement accesses the file.
            // A file mapped into memory would count as memory of this process, and if it were truncated, the process would crash.
            command.CommandText =
                "PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON; "
                + "SELECT count(*) FROM sqlite_schema;";
            command.ExecuteScalar();
            ProfileFunctions.Register(connection);
            if (isOfQuery)
                ReadingOnly.Demand(connection);
            return new SqliteFile(connection, file, atRest);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Converts an error that SQLite reports about a file to a message.</summary>
    public static SourceException Explain(SqliteException exception, string name) => new(Of(exception, name));

    private static SourceFault Of(SqliteException exception, string name) =>
        exception.SqliteErrorCode switch
        {
            raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => new LocalizedMessage("Sources.NotADatabase", name),
            raw.SQLITE_AUTH => new LocalizedMessage("Sources.QueryNotAllowed"),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => SourceFault.DatabaseBusy(name),
            raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_READONLY => new LocalizedMessage("Sources.CannotOpen", name),
            _ => new LocalizedMessage("Sources.CannotRead", name, exception.Message),
        };

    /// <summary>
    /// Interrupts the connection when the token is canceled, even during a long sort, and every later statement. A single interrupt would
    /// be lost between two statements.
    /// </summary>
    public CancellationTokenRegistration InterruptBy(CancellationToken cancellationToken)
    {
        raw.sqlite3_progress_handler(Connection.Handle!, StepsBetweenLooks, _ => cancellationToken.IsCancellationRequested ? 1 : 0, null);
        return cancellationToken.Register(() => raw.sqlite3_interrupt(Connection.Handle!));
    }

    /// <summary>Makes all following reads see the same state, until the file is closed. Other programs can go on writing it.</summary>
    /// <returns>False for a file that is read as immutable: that nobody writes it is only verified at the end.</returns>
    public bool HoldStill()
    {
        if (_atRest is not null)
            return false;
        // The transaction of the first read lasts until the end.
        using var command = Connection.CreateCommand();
        command.CommandText = "BEGIN DEFERRED";
        command.ExecuteNonQuery();
        return true;
    }

    /// <summary>Must be called after everything is read.</summary>
    /// <exception cref="SourceException">The file was changed during the read.</exception>
    public void DemandUnchanged()
    {
        if (_atRest is not { } found)
            return;
        _file.Refresh();
        if (!_file.Exists || (_file.Length, _file.LastWriteTimeUtc) != found)
            throw new SourceException(SourceFault.ChangedWhileRead(_file.Name));
    }

    public void Dispose() => Connection.Dispose();

    /// <summary>Reads the write version of the file format, at offset 18 of the header.</summary>
    private static bool IsWriteAhead(string path)
    {
        Span<byte> header = stackalloc byte[20];
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length && header[18] == 2;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // SQLite reports the error later.
            return false;
        }
    }
}
