using System.Text.Json.Serialization;

namespace KlaviyoExport.Segments;

/// <summary>The operators of a condition. <see cref="Operators"/> tells what each means, and which types of field offer it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Operator>))]
public enum Operator
{
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    InList,
    Greater,
    Less,
    Between,
    On,
    Before,
    After,
    InLastDays,
    IsEmpty,
    IsNotEmpty,
    NotContains,
    NotStartsWith,
    EndsWith,
    NotEndsWith,
    NotInList,
    NotBetween,
    NotInLastDays,
    InNextDays,
    Anniversary,
}
