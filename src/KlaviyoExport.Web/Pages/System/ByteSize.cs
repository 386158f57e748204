using System.Globalization;

namespace KlaviyoExport.Web.Pages.System;

/// <summary>"12.4 GB" in the reader's format; units are the same in all languages of the product.</summary>
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
