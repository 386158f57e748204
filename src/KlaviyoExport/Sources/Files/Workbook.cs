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

    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, IgnoreComments = true };

    /// <summary>Reads what the workbook says about its sheets.</summary>
    /// <exception cref="XmlException">It is damaged.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static WorkbookContents Read(ZipArchive archive)
    {
        var parts = Parts(archive);
        var sheets = new List<WorkbookSheet>();
        var isFrom1904 = false;
        using var reader = XmlReader.Create(Open(archive, "xl/workbook.xml"), Settings);
        while (reader.Read())
        {
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "workbookPr" })
                isFrom1904 = reader.GetAttribute("date1904") is "1" or "true";
            else if (reader is { NodeType: XmlNodeType.Element, LocalName: "sheet" })
                sheets.Add(Sheet(reader, parts));
        }
        return sheets.Count > 0 ? new WorkbookContents(sheets, isFrom1904) : throw new InvalidDataException();
    }

    /// <summary>Returns how many columns of the sheet are to be read. See <see cref="SheetWidth"/>.</summary>
    /// <exception cref="XmlException">The sheet is damaged.</exception>
    /// <exception cref="InvalidDataException">The sheet is damaged.</exception>
    public static int? WidthOf(ZipArchive archive, WorkbookSheet sheet)
    {
        using var reader = XmlReader.Create(Open(archive, sheet.Part), Settings);
        return SheetWidth.Of(reader);
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

    private static WorkbookSheet Sheet(XmlReader reader, Dictionary<string, string> parts)
    {
        var name = reader.GetAttribute("name") ?? throw new InvalidDataException();
        var isVisible = reader.GetAttribute("state") is null or "visible";
        var part = "";
        while (reader.MoveToNextAttribute())
        {
            // The namespace of the references differs between the two variants of the format.
            if (reader is { LocalName: "id", NamespaceURI.Length: > 0 })
                part = parts.GetValueOrDefault(reader.Value, "");
        }
        return new WorkbookSheet(name, isVisible, part);
    }

    /// <summary>The paths of the parts that the workbook refers to, by the ids of the references.</summary>
    private static Dictionary<string, string> Parts(ZipArchive archive)
    {
        var root = new Uri("zip:///xl/");
        var parts = new Dictionary<string, string>();
        using var reader = XmlReader.Create(Open(archive, "xl/_rels/workbook.xml.rels"), Settings);
        while (reader.Read())
        {
            if (
                reader is { NodeType: XmlNodeType.Element, LocalName: "Relationship" }
                && reader.GetAttribute("Id") is { } id
                && Uri.TryCreate(root, reader.GetAttribute("Target"), out var part)
            )
                parts[id] = Uri.UnescapeDataString(part.AbsolutePath)[1..];
        }
        return parts;
    }

    private static Stream Open(ZipArchive archive, string part) =>
        archive.Entries.FirstOrDefault(entry => entry.FullName.Equals(part, StringComparison.OrdinalIgnoreCase))?.Open()
        ?? throw new InvalidDataException();

    private static RowMeter? MeterOf(string part) =>
        part.StartsWith("xl/worksheets/", StringComparison.OrdinalIgnoreCase) ? new RowMeter("row")
        : part.Equals("xl/sharedStrings.xml", StringComparison.OrdinalIgnoreCase) ? new RowMeter("si")
        : null;
}

/// <summary>The sheets of a workbook, and whether its dates are counted from 1904, as Excel for Mac once did.</summary>
internal sealed record WorkbookContents(IReadOnlyList<WorkbookSheet> Sheets, bool IsFrom1904);

/// <summary>A sheet of a workbook.</summary>
/// <param name="Part">The path of its part in the archive. Empty when the workbook does not name it.</param>
internal sealed record WorkbookSheet(string Name, bool IsVisible, string Part);
