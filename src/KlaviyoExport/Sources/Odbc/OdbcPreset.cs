using System.Text.Json.Serialization;

namespace KlaviyoExport.Sources.Odbc;

/// <summary>The database behind an ODBC driver, as an administrator chooses it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OdbcPreset>))]
public enum OdbcPreset
{
    /// <summary>By the name that the driver tells.</summary>
    Automatic,
    Snowflake,
    BigQuery,
    Databricks,
    Oracle,
    Db2,
    SapHana,
    Teradata,

    /// <summary>Azure Synapse and SQL Server, by Microsoft's driver.</summary>
    Synapse,
}
