using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources.Odbc;

/// <summary>Tables of the test in a database behind one of the drivers, made by the same statements for each.</summary>
internal sealed class OdbcTables : IAsyncDisposable
{
    private readonly IAsyncDisposable? _database;
    private readonly Func<string, SourceDraft> _draft;

    private OdbcTables(Func<string, SourceDraft> draft, IAsyncDisposable? database) => (_draft, _database) = (draft, database);

    /// <param name="store">Its folder is used for a file of SQLite.</param>
    /// <param name="driver">The name of the driver.</param>
    /// <param name="statements">The statements, each by itself.</param>
    public static async Task<OdbcTables> CreateAsync(SourceStore store, string driver, params string[] statements)
    {
        OdbcDatabase.Demand();
        switch (driver)
        {
            case OdbcDatabase.MariaDb:
                var maria = await OdbcDatabase.MariaDbAsync();
                foreach (var statement in statements)
                    await maria.ExecuteAsync(statement);
                return new OdbcTables(table => maria.Draft(table), maria);
            case OdbcDatabase.PostgreSql:
                var postgres = await ServerDatabase.PostgreSqlAsync();
                await postgres.ExecuteAsync(string.Join(';', statements));
                return new OdbcTables(table => OdbcDatabase.Draft(postgres, $"public.{table}"), postgres);
            default:
                var file = store.WriteDatabase("customers.db", string.Join(';', statements));
                return new OdbcTables(table => OdbcDatabase.Draft(file, table), null);
        }
    }

    /// <summary>Returns the name of a table as the driver lists it.</summary>
    public string Name(string table) => _draft(table).Table!;

    public Task<Source> AddAsync(SourceStore store, string table, params List<string> keys)
    {
        var draft = _draft(table);
        draft.KeyColumns = keys;
        return store.AddAsync(draft);
    }

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;
}
