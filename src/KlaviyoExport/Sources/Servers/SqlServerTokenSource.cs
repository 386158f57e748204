using System.Data.Common;
using Microsoft.Data.SqlClient;

namespace KlaviyoExport.Sources.Servers;

/// <summary>Opens connections to a SQL Server with an access token of Microsoft Entra instead of a user and password.</summary>
/// <param name="connectionString">The connection string, which requires encryption.</param>
/// <param name="token">The token. It stays in memory.</param>
internal sealed class SqlServerTokenSource(string connectionString, string token) : DbDataSource
{
    public override string ConnectionString => connectionString;

    protected override DbConnection CreateDbConnection() => new SqlConnection(connectionString) { AccessToken = token };
}
