using System.Xml;

namespace KlaviyoExport.Sources.Files;

/// <summary>
/// Finds how many columns of a sheet have values. The library fills each row up to the last column that the sheet states or formats, in a
/// time that grows faster than their number: a second for each row of a sheet that was formatted to its end, however little is in it.
/// </summary>
internal static class SheetWidth
{
    /// <summary>The most columns of a sheet, and the most rows.</summary>
    public const int MostColumns = 16_384,
        MostRows = 1_048_576;

    /// <summary>A sheet that states at most so many columns is quick to read.</summary>
    private const int Narrow = 64;

    /// <param name="reader">The XML of the sheet, at its start.</param>
    /// <returns>The number of the last column with a value. Null when the sheet states few columns and is not looked through.</returns>
    /// <exception cref="InvalidDataException">There is a column that no sheet can have.</exception>
    public static int? Of(XmlReader reader)
    {
        var (widest, column) = (1, 0);
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element)
                continue;
            switch (reader.LocalName)
            {
                case "dimension" when StatedBy(reader.GetAttribute("ref")) <= Narrow:
                    return null;
                case "row":
                    column = 0;
                    break;
                case "c":
                    column = reader.GetAttribute("r") is { } cell ? NumberOf(cell) : column + 1;
                    break;
                case "v" or "t":
                    widest = Math.Max(widest, column);
                    break;
            }
        }
        return widest;
    }

    /// <summary>Returns the number of a column, from 1.</summary>
    /// <param name="cell">The name of the column or of a cell in it, such as AB or AB12.</param>
    /// <exception cref="InvalidDataException">No sheet has such a column.</exception>
    public static int NumberOf(ReadOnlySpan<char> cell)
    {
        var number = 0;
        foreach (var letter in cell)
        {
            if (!char.IsAsciiLetter(letter))
                break;
            number = (number * 26) + (char.ToUpperInvariant(letter) - 'A' + 1);
            if (number > MostColumns)
                throw new InvalidDataException();
        }
        return number;
    }

    /// <summary>Returns the name of a column by its number, from 1.</summary>
    public static string NameOf(int number) =>
        number <= 26 ? ((char)('A' + number - 1)).ToString() : NameOf((number - 1) / 26) + (char)('A' + ((number - 1) % 26));

    private static int StatedBy(string? dimension) =>
        dimension is null ? MostColumns : NumberOf(dimension.AsSpan(dimension.IndexOf(':') + 1));
}
