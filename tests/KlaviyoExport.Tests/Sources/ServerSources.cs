using KlaviyoExport.Sources;
using Microsoft.Data.SqlClient;
using MySqlConnector;
using Npgsql;

namespace KlaviyoExport.Tests.Sources;

/// <summary>Drafts of sources for the databases of <see cref="ServerDatabase"/>.</summary>
internal static class ServerSources
{
    public static SourceDraft Draft(this ServerDatabase database, SourceKind kind, string? table = null, string key = "id")
    {
        var draft = new SourceDraft
        {
            Name = $"{kind} {table}",
            Kind = kind,
            Table = table,
            KeyColumns = [key],
            Tls = ServerTls.None,
        };
        if (kind is SourceKind.PostgreSql or SourceKind.PostgreSqlCompatible)
        {
            var set = new NpgsqlConnectionStringBuilder(database.ConnectionString);
            (draft.Host, draft.Port, draft.Database, draft.User, draft.Password) = (
                set.Host,
                set.Port,
                set.Database,
                set.Username,
                set.Password
            );
        }
        else if (kind == SourceKind.MySql)
        {
            var set = new MySqlConnectionStringBuilder(database.ConnectionString);
            (draft.Host, draft.Port, draft.Database, draft.User, draft.Password) = (
                set.Server,
                (int)set.Port,
                set.Database,
                set.UserID,
                set.Password
            );
        }
        else
        {
            var set = new SqlConnectionStringBuilder(database.ConnectionString);
            var place = set.DataSource.Replace("tcp:", "", StringComparison.Ordinal).Split(',');
            (draft.Host, draft.Database, draft.User, draft.Password) = (place[0], set.InitialCatalog, set.UserID, set.Password);
            draft.Port = place.Length > 1 ? int.Parse(place[1], System.Globalization.CultureInfo.InvariantCulture) : null;
        }
        return draft;
    }

    public static Task<Source> AddAsync(this SourceStore store, SourceDraft draft) =>
        store.Sources.SaveAsync(SourceStore.Administrator, draft, CancellationToken.None);

    /// <summary>Adds a table of a MariaDB database as a source.</summary>
    /// <param name="table">The name without its database.</param>
    public static async Task<Source> AddMariaDbAsync(
        this SourceStore store,
        ServerDatabase database,
        string sql,
        string table,
        string key = "id"
    )
    {
        await database.ExecuteAsync(sql);
        return await store.AddAsync(database.Draft(SourceKind.MySql, $"{database.Name}.{table}", key));
    }

    /// <summary>Creates a PostgreSQL database and adds a table of it as a source.</summary>
    public static async Task<Source> AddPostgreSqlAsync(
        this SourceStore store,
        ServerDatabase database,
        string sql,
        string table,
        string key = "id"
    )
    {
        await database.ExecuteAsync(sql);
        return await store.AddAsync(database.Draft(SourceKind.PostgreSql, table, key));
    }
}
