using System.Text.Json.Serialization;

namespace KlaviyoExport.Sources;

/// <summary>Why a person must decide how the values of a field are written.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FormatDoubtKind>))]
public enum FormatDoubtKind
{
    /// <summary>All dates can be read with the day first and with the month first. Until somebody decides, they are text.</summary>
    DayOrder,

    /// <summary>
    /// All numbers can be read with a decimal point and with a decimal comma, such as 1.234. Until somebody decides, a point is a decimal
    /// point, and numbers with a comma are text.
    /// </summary>
    DecimalMark,

    /// <summary>Not all values fit the decision of a person about the order of day and month. They are text.</summary>
    UnfitDayOrder,

    /// <summary>Not all values fit the decision of a person about the decimal mark. They are text.</summary>
    UnfitDecimalMark,
}

/// <summary>What the values of a field leave open about its format.</summary>
/// <param name="Kind">What is open.</param>
/// <param name="Example">A value that can be read in two ways, or the first one that does not fit the decision.</param>
public sealed record FormatDoubt(FormatDoubtKind Kind, string Example);
