using System.IO.Compression;

namespace KlaviyoExport.Sources.Files;

/// <summary>The parts of a workbook, before it is read.</summary>
internal static class Workbook
{
    /// <summary>The limit of the texts that the cells share, which are kept in memory.</summary>
    private const long MostTexts = 300_000_000;

    /// <summary>
    /// Unpacks every part once without keeping it, because the sizes that an archive states about itself may be wrong.
    /// </summary>
    /// <exception cref="SourceException">The workbook is too large or damaged.</exception>
    public static void Demand(ZipArchive archive, long packed, string name, PackedLimits limits)
    {
        var buffer = new byte[64 * 1024];
        var total = 0L;
        foreach (var part in archive.Entries)
        {
            var size = 0L;
            using var content = part.Open();
            while (content.Read(buffer) is > 0 and var read)
            {
                (size, total) = (size + read, total + read);
                limits.Demand(total, packed, name);
                if (size > MostTexts && part.FullName == "xl/sharedStrings.xml")
                    throw new SourceException(new LocalizedMessage("Sources.UnpacksTooLarge", name, MostTexts));
            }
        }
    }
}
