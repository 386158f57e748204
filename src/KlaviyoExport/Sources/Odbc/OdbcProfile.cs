using System.Data;

namespace KlaviyoExport.Sources.Odbc;

/// <summary>How a database limits the rows of a statement.</summary>
internal enum OdbcLimit
{
    /// <summary>Not known: the reader stops.</summary>
    None,
    Limit,
    FetchFirst,
    Top,
    RowNumber,
}

/// <summary>What differs between the databases behind ODBC drivers. What is not known is left out, and the product does it itself.</summary>
/// <param name="Names">How the names begin by which drivers call the database.</param>
internal sealed record OdbcProfile(params string[] Names)
{
    public static readonly OdbcProfile Unknown = new();

    private static readonly OdbcProfile SqlServer = new("Microsoft SQL Server") { Limit = OdbcLimit.Top, TextType = "NVARCHAR(4000)" };

    /// <summary>In a transaction of PostgreSQL a statement other than these must not come first.</summary>
    private static readonly OdbcProfile PostgreSql = new("PostgreSQL")
    {
        Limit = OdbcLimit.Limit,
        HasBars = true,
        Begin = ["SET TRANSACTION READ ONLY", "SET TIME ZONE 'UTC'"],
        Snapshot = IsolationLevel.RepeatableRead,
    };

    private static readonly OdbcProfile MySql = new("MySQL", "MariaDB")
    {
        Limit = OdbcLimit.Limit,
        TextType = "CHAR",
        HasHex = true,
        Begin = ["SET SESSION TRANSACTION READ ONLY", "SET time_zone = '+00:00'"],
        Snapshot = IsolationLevel.RepeatableRead,
    };

    private static readonly OdbcProfile Sqlite = new("SQLite")
    {
        Limit = OdbcLimit.Limit,
        HasBars = true,
        TextType = "TEXT",
        Begin = ["PRAGMA query_only = 1"],
    };

    private static readonly Dictionary<OdbcPreset, OdbcProfile> Presets = new()
    {
        [OdbcPreset.Snowflake] = new("Snowflake")
        {
            Limit = OdbcLimit.Limit,
            HasBars = true,
            Begin = ["ALTER SESSION SET TIMEZONE = 'UTC'"],
            Keys = """
                Server=account.snowflakecomputing.com
                Database=CRM
                Schema=PUBLIC
                Warehouse=EXPORT_WH
                Role=KLAVIYO_EXPORT
                """,
        },
        [OdbcPreset.BigQuery] = new("Google BigQuery", "BigQuery")
        {
            Limit = OdbcLimit.Limit,
            HasBars = true,
            TextType = "STRING",
            Keys = """
                Catalog=my-project
                DefaultDataset=crm
                OAuthMechanism=0
                Email=klaviyo-export@my-project.iam.gserviceaccount.com
                KeyFilePath=/etc/klaviyo-export/bigquery.json
                """,
        },
        [OdbcPreset.Databricks] = new("Databricks", "Spark SQL")
        {
            Limit = OdbcLimit.Limit,
            HasBars = true,
            TextType = "STRING",
            Begin = ["SET TIME ZONE 'UTC'"],
            Keys = """
                Host=adb-1234567890123456.7.azuredatabricks.net
                Port=443
                HTTPPath=/sql/1.0/warehouses/abcdef1234567890
                SSL=1
                ThriftTransport=2
                AuthMech=3
                Catalog=crm
                Schema=default
                """,
        },
        [OdbcPreset.Oracle] = new("Oracle")
        {
            Limit = OdbcLimit.RowNumber,
            HasBars = true,
            TextType = "VARCHAR2(4000)",
            Begin = ["ALTER SESSION SET TIME_ZONE = '+00:00'", "SET TRANSACTION READ ONLY"],
            Keys = "DBQ=//oracle.shop.example:1521/crm",
        },
        [OdbcPreset.Db2] = new("DB2")
        {
            Limit = OdbcLimit.FetchFirst,
            HasBars = true,
            Keys = """
                Hostname=db2.shop.example
                Port=50001
                Protocol=TCPIP
                Database=CRM
                Security=SSL
                """,
        },
        [OdbcPreset.SapHana] = new("HDB")
        {
            Limit = OdbcLimit.Limit,
            HasBars = true,
            TextType = "NVARCHAR(4000)",
            Begin = ["SET TRANSACTION READ ONLY"],
            Keys = """
                ServerNode=hana.shop.example:30015
                Encrypt=TRUE
                """,
        },
        [OdbcPreset.Teradata] = new("Teradata")
        {
            Limit = OdbcLimit.Top,
            HasBars = true,
            Keys = """
                DBCName=teradata.shop.example
                DefaultDatabase=crm
                SSLMode=REQUIRE
                """,
        },
        [OdbcPreset.Synapse] = SqlServer with
        {
            Keys = """
                Server=tcp:workspace.sql.azuresynapse.net,1433
                Database=crm
                Encrypt=yes
                ApplicationIntent=ReadOnly
                """,
        },
    };

    public OdbcLimit Limit { get; init; }

    /// <summary>Whether texts are joined with <c>||</c>. Otherwise with the function CONCAT.</summary>
    public bool HasBars { get; init; }

    /// <summary>
    /// Whether texts are read as the hexadecimal form of their UTF-8. MariaDB's driver loses the last characters of texts that contain
    /// letters such as Ú or an emoji (3.1.15: a text is as much shorter as it has such letters).
    /// </summary>
    public bool HasHex { get; init; }

    /// <summary>The type to which values are cast before they are joined.</summary>
    public string TextType { get; init; } = "VARCHAR(4000)";

    /// <summary>Statements that make the transaction read-only and its times those of UTC, where the database has them.</summary>
    public IReadOnlyList<string> Begin { get; init; } = [];

    /// <summary>
    /// The isolation level in which a transaction sees one state of the data without blocking anybody. Null when there is none: the default
    /// of the database is used, because a higher level may lock what is read.
    /// </summary>
    public IsolationLevel? Snapshot { get; init; }

    /// <summary>An example of the keys that the driver needs, one on a line.</summary>
    public string Keys { get; init; } = "";

    public static OdbcProfile Of(OdbcPreset preset) => Presets.GetValueOrDefault(preset, Unknown);

    /// <summary>Returns the profile of a preset, or of the database with this name.</summary>
    public static OdbcProfile Of(OdbcPreset preset, string product) =>
        preset != OdbcPreset.Automatic
            ? Of(preset)
            : Presets
                .Values.Concat([PostgreSql, MySql, Sqlite])
                .FirstOrDefault(
                    profile => profile.Names.Any(name => product.StartsWith(name, StringComparison.OrdinalIgnoreCase)),
                    Unknown
                );
}
