using System.Globalization;

namespace KlaviyoExport.Web.Pages.System;

/// <summary>Formats a number of bytes with a decimal unit, such as "2.4 GB" or "124 MB", in the reader's number format.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB"];

    public static string Of(long bytes)
    {
        var (size, unit) = ((double)bytes, 0);
        for (; size >= 1000 && unit < Units.Length - 1; unit++)
            size /= 1000;
        return string.Format(CultureInfo.CurrentCulture, size < 10 && unit > 0 ? "{0:N1} {1}" : "{0:N0} {1}", size, Units[unit]);
    }
}
