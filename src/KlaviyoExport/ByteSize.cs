using System.Globalization;

namespace KlaviyoExport;

/// <summary>Formats a number of bytes with a decimal unit, such as "2.4 GB" or "124 MB".</summary>
public static class ByteSize
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB"];

    public static string Of(long bytes, CultureInfo formats)
    {
        var (size, unit) = ((double)bytes, 0);
        for (; size >= 1000 && unit < Units.Length - 1; unit++)
            size /= 1000;
        // One decimal is written only where it says something.
        var decimals = size < 10 && Math.Round(size, 1) % 1 != 0 ? "N1" : "N0";
        return $"{size.ToString(decimals, formats)} {Units[unit]}";
    }
}
