using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace KlaviyoExport.Tests.Sources.Files;

/// <summary>Writes archives and workbooks that lie about themselves.</summary>
internal static class HostileFiles
{
    private const string Main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    public static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(content);
        return packed.ToArray();
    }

    /// <param name="attributes">The attributes of each entry, of which the upper half is that of Unix.</param>
    /// <param name="files">The entries.</param>
    public static byte[] Zip(int attributes, params (string Name, byte[] Content)[] files)
    {
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create))
        {
            foreach (var (name, content) in files)
            {
                var entry = archive.CreateEntry(name, CompressionLevel.Fastest);
                entry.ExternalAttributes = attributes;
                using var stream = entry.Open();
                stream.Write(content);
            }
        }
        return packed.ToArray();
    }

    /// <summary>Changes the size of the content that the archive states for its only entry, in both places.</summary>
    public static byte[] WithSize(byte[] archive, uint size)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(archive.AsSpan(22), size);
        BinaryPrimitives.WriteUInt32LittleEndian(archive.AsSpan(archive.AsSpan().LastIndexOf("PK\x01\x02"u8) + 24), size);
        return archive;
    }

    /// <summary>Changes the checksum that the archive states for its last entry.</summary>
    public static byte[] WithChecksum(byte[] archive)
    {
        archive[archive.AsSpan().LastIndexOf("PK\x01\x02"u8) + 16] ^= 1;
        return archive;
    }

    /// <summary>Makes an archive of which the directory states more entries than it has.</summary>
    public static byte[] WithEntries(byte[] archive, ushort entries)
    {
        var end = archive.AsSpan().LastIndexOf("PK\x05\x06"u8);
        BinaryPrimitives.WriteUInt16LittleEndian(archive.AsSpan(end + 8), entries);
        BinaryPrimitives.WriteUInt16LittleEndian(archive.AsSpan(end + 10), entries);
        return archive;
    }

    /// <param name="sheet">The part of the sheet.</param>
    /// <param name="texts">The content of the shared texts. Null for none.</param>
    /// <param name="prologue">What stands before the first element of each of these two parts.</param>
    /// <param name="workbook">What stands before the first element of the workbook.</param>
    public static byte[] Book(string sheet, string? texts = null, string prologue = "", string workbook = "")
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create))
        {
            Write(
                "xl/workbook.xml",
                $"{workbook}<workbook {Main} xmlns:r=\"{Relations}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            );
            Write(
                "xl/_rels/workbook.xml.rels",
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
                    + $"<Relationship Id=\"r1\" Type=\"{Relations}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            );
            Write("xl/worksheets/sheet1.xml", $"{prologue}<worksheet {Main}>{sheet}</worksheet>");
            if (texts is not null)
                Write("xl/sharedStrings.xml", $"{prologue}<sst {Main}>{texts}</sst>");

            void Write(string name, string text)
            {
                using var writer = new StreamWriter(archive.CreateEntry(name, CompressionLevel.Fastest).Open(), new UTF8Encoding(false));
                writer.Write("<?xml version=\"1.0\"?>" + text);
            }
        }
        return file.ToArray();
    }

    public static string Rows(params string[][] rows) =>
        "<sheetData>"
        + string.Concat(
            rows.Select(
                (cells, row) =>
                    $"<row r=\"{row + 1}\">"
                    + string.Concat(
                        cells.Select(
                            (cell, column) => $"<c r=\"{(char)('A' + column)}{row + 1}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>"
                        )
                    )
                    + "</row>"
            )
        )
        + "</sheetData>";
}
