using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KlaviyoExport.Sources.Sqlite;

/// <summary>
/// A database that is not ours to change, open for reading. One in write-ahead mode that nobody has open is read as immutable: SQLite would
/// otherwise lay two files beside it, which stay, and which its owner might then not be allowed to write. That nobody began to write in the
/// meantime is checked at the end.
/// </summary>
internal sealed class SqliteFile : IDisposable
{
    /// <summary>How long another program may hold its lock before a person is told, or a run put off.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);

    // Instructions of SQLite's virtual machine: some tens of microseconds.
    private const int StepsBetweenLooks = 10_000;

    private readonly FileInfo _file;
    private readonly (long Length, DateTime WrittenAt)? _atRest;

    private SqliteFile(SqliteConnection connection, FileInfo file, (long Length, DateTime WrittenAt)? atRest) =>
        (Connection, _file, _atRest) = (connection, file, atRest);

    public SqliteConnection Connection { get; }

    /// <param name="path">Full path.</param>
    /// <param name="isOurs">
    /// A staging file: nobody else writes it, so it is mapped into memory. Whoever shortens a mapped file kills this process.
    /// </param>
    /// <exception cref="SqliteException">It is not a database, or cannot be opened now; <see cref="Explain"/> says it to a
    /// person.</exception>
    public static SqliteFile Open(string path, bool isOurs = false)
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
            // The file's own views and triggers are strangers' code: no functions of ours for them. The last one touches the file.
            command.CommandText =
                $"PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA mmap_size = {(isOurs ? "268435456" : "0")}; SELECT count(*) "
                + "FROM sqlite_schema;";
            command.ExecuteScalar();
            ProfileFunctions.Register(connection);
            return new SqliteFile(connection, file, atRest);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The message for what SQLite reports about a file.</summary>
    public static SourceException Explain(SqliteException exception, string name) => new(Of(exception, name));

    private static SourceFault Of(SqliteException exception, string name) =>
        exception.SqliteErrorCode switch
        {
            raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => new LocalizedMessage("Sources.NotADatabase", name),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => SourceFault.DatabaseBusy(name),
            raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_READONLY => new LocalizedMessage("Sources.CannotOpen", name),
            _ => new LocalizedMessage("Sources.CannotRead", name, exception.Message),
        };

    /// <summary>
    /// Ends what the connection is doing when the token is cancelled, also in the middle of a long sort, and whatever it begins after that:
    /// an interrupt alone is lost when it comes between two statements.
    /// </summary>
    public CancellationTokenRegistration InterruptBy(CancellationToken cancellationToken)
    {
        raw.sqlite3_progress_handler(Connection.Handle!, StepsBetweenLooks, _ => cancellationToken.IsCancellationRequested ? 1 : 0, null);
        return cancellationToken.Register(() => raw.sqlite3_interrupt(Connection.Handle!));
    }

    /// <summary>To be called when everything is read.</summary>
    /// <exception cref="SourceException">What was read may be of two states of the file.</exception>
    public void DemandUnchanged()
    {
        if (_atRest is not { } found)
            return;
        _file.Refresh();
        if (!_file.Exists || (_file.Length, _file.LastWriteTimeUtc) != found)
            throw new SourceException(SourceFault.ChangedWhileRead(_file.Name));
    }

    public void Dispose() => Connection.Dispose();

    /// <summary>By the file format's write version, at offset 18 of the header.</summary>
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
            // SQLite will say it better.
            return false;
        }
    }
}
