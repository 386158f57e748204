using System.Text.Json.Serialization;

namespace KlaviyoExport.Segments;

/// <summary>How far a database server decides a condition before its rows are read.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Pushdown>))]
public enum Pushdown
{
    /// <summary>Not at all: the rows are read and tested.</summary>
    None,

    /// <summary>Rows without a value are not read. The others are read and tested.</summary>
    Filled,

    /// <summary>Only rows that meet the condition are read, and few that might.</summary>
    Values,
}
