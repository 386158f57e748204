namespace KlaviyoExport.Data;

/// <summary>Section <c>ConnectionStrings</c>: the database that holds the store.</summary>
public sealed class ConnectionStringOptions
{
    public const string Section = "ConnectionStrings";

    /// <summary>
    /// The connection string of a PostgreSQL or SQL Server store. Required with these, not used with SQLite. Secret, if it has a password.
    /// </summary>
    public string? Default { get; set; }
}
