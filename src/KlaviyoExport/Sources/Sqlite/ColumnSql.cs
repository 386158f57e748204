using System.Globalization;

namespace KlaviyoExport.Sources.Sqlite;

/// <summary>Expressions for the values of a field. An expression is null when the value is not valid.</summary>
/// <param name="Text">The value as text.</param>
/// <param name="Format">How it is written.</param>
internal readonly record struct ColumnSql(string Text, FieldFormat Format)
{
    /// <summary>The text in its form for comparisons.</summary>
    public string Folded => $"{ProfileFunctions.Fold}({Text})";

    public string Whole => Parsed(ProfileFunctions.Whole);

    public string Number => Parsed(ProfileFunctions.Number);

    /// <summary>The number as text. Equal numbers have equal texts.</summary>
    public string NumberText => Parsed(ProfileFunctions.NumberText);

    /// <summary>1 or 0.</summary>
    public string YesNo => $"{ProfileFunctions.YesNo}({Text})";

    /// <summary>The number of the UTC day.</summary>
    public string Day => Parsed(ProfileFunctions.Day);

    /// <summary>A condition.</summary>
    public string IsEmpty => SqlName.IsEmpty(Text);

    private string Parsed(string function) =>
        string.Create(CultureInfo.InvariantCulture, $"{function}({Text}, {ProfileFunctions.NumberOf(Format)})");
}
