using KlaviyoExport.Sources;
using KlaviyoExport.Web.Components.Ui;

namespace KlaviyoExport.Web.Pages.Sources;

/// <summary>The kinds of source in the order and groups in which they are offered, with the names of products that each reads.</summary>
internal static class SourceCatalogue
{
    public static IReadOnlyList<(string Group, IReadOnlyList<SourceOffer> Offers)> Groups { get; } =
    [
        (
            "Files",
            [
                new(SourceKind.Csv, IconName.Description, ["CSV", "Excel", "JSON", "Parquet"]),
                new(SourceKind.S3, IconName.Cloud, ["Amazon S3", "MinIO", "Cloudflare R2", "Ceph"]),
                new(SourceKind.AzureBlob, IconName.Cloud, ["Azure Blob Storage", "Data Lake Storage Gen2"]),
                new(SourceKind.Sftp, IconName.Lan, ["SFTP", "OpenSSH"]),
            ]
        ),
        (
            "Databases",
            [
                new(
                    SourceKind.PostgreSql,
                    IconName.Database,
                    ["PostgreSQL", "Citus", "Timescale", "Amazon Aurora", "AlloyDB", "Azure Database for PostgreSQL"]
                ),
                new(SourceKind.MySql, IconName.Database, ["MySQL", "MariaDB", "TiDB", "Amazon Aurora", "Azure Database for MySQL"]),
                new(
                    SourceKind.SqlServer,
                    IconName.Database,
                    ["SQL Server", "Azure SQL", "Synapse", "Fabric", "Dataverse", "Customer Insights"]
                ),
                new(SourceKind.Sqlite, IconName.Database, ["SQLite"]),
            ]
        ),
        (
            "Warehouses",
            [
                new(SourceKind.PostgreSqlCompatible, IconName.Dns, ["Amazon Redshift", "CockroachDB"]),
                new(
                    SourceKind.Odbc,
                    IconName.Cable,
                    ["Snowflake", "Google BigQuery", "Databricks", "Oracle", "IBM Db2", "SAP HANA", "Teradata", "ODBC"]
                ),
            ]
        ),
    ];
}

/// <summary>A kind of source that can be added.</summary>
/// <param name="Glyph">The name of its icon.</param>
/// <param name="Products">The products that it reads, by the names their makers use.</param>
internal sealed record SourceOffer(SourceKind Kind, IconName Glyph, IReadOnlyList<string> Products);
