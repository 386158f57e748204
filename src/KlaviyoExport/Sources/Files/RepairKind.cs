using System.Text.Json.Serialization;

namespace KlaviyoExport.Sources.Files;

/// <summary>What the loader repairs in a file without losing a value.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RepairKind>))]
public enum RepairKind
{
    /// <summary>A row with quotes inside a value, which are kept as they are.</summary>
    QuotesKept,

    /// <summary>A row with spaces around a quoted value.</summary>
    SpacedQuotes,

    /// <summary>A row with quotes that are escaped with a backslash.</summary>
    EscapedQuotes,

    /// <summary>A row in which a quote opens and never closes. It is kept as an ordinary character.</summary>
    QuoteNotClosed,

    /// <summary>A row with fewer values than columns. The missing values are empty.</summary>
    MissingValues,

    /// <summary>A row with more values than columns. The extra ones are empty.</summary>
    EmptyExtras,

    /// <summary>A line above the header that is not read.</summary>
    SkippedLines,

    /// <summary>A column without a name and without values, which is left out.</summary>
    EmptyColumns,

    /// <summary>A column without a name, which is named by its position.</summary>
    NamedColumns,

    /// <summary>A column with the name of an earlier one, which gets a number.</summary>
    RenamedColumns,

    /// <summary>A column with nested values that cannot be read as text.</summary>
    NestedColumns,
}

/// <summary>How many rows, lines or columns were repaired in one way.</summary>
public sealed record Repair(RepairKind Kind, long Count);
