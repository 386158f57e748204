using System.IO.Compression;
using System.IO.Hashing;
using System.Xml;

namespace KlaviyoExport.Sources.Files;

/// <summary>The parts of a workbook, before it is read.</summary>
internal static class Workbook
{
    /// <summary>The limit of the texts that the cells share, which are kept in memory.</summary>
    private const long MostTexts = 300_000_000;

    /// <summary>The days from the first day of usual workbooks to that of workbooks from 1904.</summary>
    public const int DaysTo1904 = 1_462;

    /// <summary>Whether the dates of the workbook are counted from 1904, as Excel for Mac once did.</summary>
    public static bool IsFrom1904(Stream workbook)
    {
        workbook.Position = 0;
        using var archive = new ZipArchive(workbook, ZipArchiveMode.Read, leaveOpen: true);
        using var part = archive.GetEntry("xl/workbook.xml")!.Open();
        using var reader = XmlReader.Create(part, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        while (reader.Read())
        {
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "workbookPr" })
                return reader.GetAttribute("date1904") is "1" or "true";
        }
        return false;
    }

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
            var meter = MeterOf(part.FullName);
            var checksum = new Crc32();
            using var content = part.Open();
            while (content.Read(buffer) is > 0 and var read)
            {
                (size, total) = (size + read, total + read);
                limits.Demand(total, packed, name);
                if (size > MostTexts && part.FullName == "xl/sharedStrings.xml")
                    throw new SourceException(new LocalizedMessage("Sources.UnpacksTooLarge", name, MostTexts));
                if (meter is not null && !meter.Take(buffer.AsSpan(0, read)))
                    throw new SourceException(new LocalizedMessage("Sources.RowTooLong", name, meter.Rows, RowMeter.Longest));
                checksum.Append(buffer.AsSpan(0, read));
            }
            if (size != part.Length || checksum.GetCurrentHashAsUInt32() != part.Crc32)
                throw new InvalidDataException();
        }
    }

    private static RowMeter? MeterOf(string part) =>
        part.StartsWith("xl/worksheets/", StringComparison.OrdinalIgnoreCase) ? new RowMeter("row")
        : part.Equals("xl/sharedStrings.xml", StringComparison.OrdinalIgnoreCase) ? new RowMeter("si")
        : null;
}
