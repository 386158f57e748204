namespace KlaviyoExport.Data;

/// <summary>What the store is kept in.</summary>
public enum StoreProvider
{
    /// <summary>One file in the data directory; one machine.</summary>
    Sqlite,
    PostgreSql,
    SqlServer,
}
