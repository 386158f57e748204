namespace KlaviyoExport.Sources;

/// <summary>
/// The kinds of source. <see cref="SourceKinds"/> tells what they have in common. The order is stored: add new kinds at the end.
/// </summary>
public enum SourceKind
{
    /// <summary>A file or a folder of files on the server: CSV, Excel, JSON or Parquet.</summary>
    Csv,

    Sqlite,
    PostgreSql,
    SqlServer,

    /// <summary>MySQL, MariaDB and what uses their protocol: TiDB, Aurora, Azure Database for MySQL.</summary>
    MySql,

    /// <summary>What uses PostgreSQL's protocol, but not all of its SQL: Redshift, CockroachDB, Citus, AlloyDB.</summary>
    PostgreSqlCompatible,

    /// <summary>Any database with an ODBC driver that is installed on the server.</summary>
    Odbc,

    /// <summary>Files in Amazon S3 or a compatible store.</summary>
    S3,

    /// <summary>Files in Azure Blob Storage or Data Lake Storage Gen2.</summary>
    AzureBlob,

    /// <summary>Files on an SFTP server.</summary>
    Sftp,
}
