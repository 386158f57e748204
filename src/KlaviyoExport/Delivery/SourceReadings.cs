using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Delivery;

/// <summary>Describes the data of a source for the run that reads it.</summary>
internal static class SourceReadings
{
    private const int ShapeBytes = 8;

    public static SourceReading Of(Source source) =>
        new(source.Id, source.LoadedAt, source.RowCount, source.Fields.Count, ShapeOf(source.Fields));

    private static string ShapeOf(IEnumerable<Field> fields)
    {
        // A null character is not part of a name, so different columns never give the same text.
        var columns = string.Join('\0', fields.Select(field => $"{field.Name}\0{field.Type}").Order(StringComparer.Ordinal));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(columns)).AsSpan(0, ShapeBytes));
    }
}
