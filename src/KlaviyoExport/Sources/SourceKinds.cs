namespace KlaviyoExport.Sources;

/// <summary>What the kinds of source have in common.</summary>
public static class SourceKinds
{
    /// <summary>Whether profiles are read from files, which are loaded into a staging file.</summary>
    public static bool IsFiles(this SourceKind kind) => kind is SourceKind.Csv || kind.IsRemoteFiles();

    /// <summary>Whether the files are read over the network.</summary>
    public static bool IsRemoteFiles(this SourceKind kind) => kind is SourceKind.S3 or SourceKind.AzureBlob or SourceKind.Sftp;

    /// <summary>Whether profiles are read from a database server each time they are used.</summary>
    public static bool IsServer(this SourceKind kind) =>
        kind is SourceKind.PostgreSql or SourceKind.SqlServer or SourceKind.MySql or SourceKind.PostgreSqlCompatible or SourceKind.Odbc;

    /// <summary>Whether the root certificate of the server can be given as a file.</summary>
    public static bool TakesRootCertificate(this SourceKind kind) =>
        kind is SourceKind.PostgreSql or SourceKind.PostgreSqlCompatible or SourceKind.MySql;

    /// <summary>Whether the source has several tables, for profiles and for memberships.</summary>
    public static bool HasTables(this SourceKind kind) => !kind.IsFiles();
}
