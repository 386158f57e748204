using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests;

/// <summary>A table that refuses inserts or updates until this is disposed, as with a full disk.</summary>
internal sealed class BrokenTable : IAsyncDisposable
{
    private readonly AppDb _db;
    private readonly string _mend;

    private BrokenTable(AppDb db, string mend) => (_db, _mend) = (db, mend);

    /// <param name="db">Stays in use until this is disposed.</param>
    /// <param name="table">Which.</param>
    /// <param name="action">INSERT or UPDATE.</param>
    public static async Task<BrokenTable> CreateAsync(AppDb db, string table, string action)
    {
        var (breaking, mend) = db switch
        {
            PostgreSqlAppDb => (
                $"CREATE FUNCTION broken() RETURNS trigger AS 'BEGIN RAISE EXCEPTION ''disk full''; END' LANGUAGE plpgsql; CREATE TRIGGER broken BEFORE {action} ON \"{table}\" FOR EACH ROW EXECUTE FUNCTION broken()",
                "DROP FUNCTION broken CASCADE"
            ),
            SqlServerAppDb => ($"CREATE TRIGGER broken ON [{table}] AFTER {action} AS THROW 51000, 'disk full', 1", "DROP TRIGGER broken"),
            _ => (
                $"CREATE TRIGGER broken BEFORE {action} ON \"{table}\" BEGIN SELECT RAISE(ABORT, 'disk full'); END",
                "DROP TRIGGER broken"
            ),
        };
        await db.Database.ExecuteSqlRawAsync(breaking, TestContext.Current.CancellationToken);
        return new BrokenTable(db, mend);
    }

    public async ValueTask DisposeAsync() => await _db.Database.ExecuteSqlRawAsync(_mend);
}
