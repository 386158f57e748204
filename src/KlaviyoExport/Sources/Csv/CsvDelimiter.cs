namespace KlaviyoExport.Sources.Csv;

internal static class CsvDelimiter
{
    /// <summary>Converts the entered delimiter to its character. Null to detect it.</summary>
    /// <exception cref="SourceException">The character cannot be a delimiter.</exception>
    public static char? Parse(string? entered) =>
        entered switch
        {
            null or "" => null,
            "\t" or "\\t" => '\t',
            _ when entered.Equals("tab", StringComparison.OrdinalIgnoreCase) => '\t',
            [var single] when char.IsAscii(single) && !char.IsAsciiLetterOrDigit(single) && single is not ('"' or '\r' or '\n' or '\0') =>
                single,
            _ => throw new SourceException(new LocalizedMessage("Sources.DelimiterInvalid")),
        };
}
