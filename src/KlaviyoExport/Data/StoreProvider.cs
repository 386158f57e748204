namespace KlaviyoExport.Data;

/// <summary>The kind of database that holds the store.</summary>
public enum StoreProvider
{
    /// <summary>A file in the data directory. Supports one server only.</summary>
    Sqlite,
    PostgreSql,
    SqlServer,
}
