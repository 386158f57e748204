using System.IO.Compression;
using KlaviyoExport.Sources.Csv;

namespace KlaviyoExport.Sources.Files;

/// <summary>
/// Recognizes the format of a file by its first bytes, and text by the ending of its name. Packed files are unpacked while they are read;
/// nothing is extracted to disk, so the names inside an archive cannot lead anywhere.
/// </summary>
internal static class FileFormats
{
    private static readonly string[] JsonEndings = [".json", ".jsonl", ".ndjson"];

    /// <summary>Opens a file of any format.</summary>
    /// <exception cref="SourceException">The file is damaged, encrypted, too large or has no header.</exception>
    public static FileRows Open(string path, FileReading reading)
    {
        var name = Path.GetFileName(path);
        try
        {
            return StartOf(path) switch
            {
                [0x1F, 0x8B, ..] => Text(() => Gzip(path, reading), Inner(name), name, reading),
                [(byte)'P', (byte)'K', 3, 4, ..] => Zip(path, name, reading),
                [(byte)'P', (byte)'A', (byte)'R', (byte)'1', ..] => ParquetRows.Open(Plain(path), name, reading.Limits),
                [(byte)'P', (byte)'A', (byte)'R', (byte)'E', ..] or [0xD0, 0xCF, 0x11, 0xE0, ..] => throw new SourceException(
                    new LocalizedMessage("Sources.FileEncrypted", name)
                ),
                _ => Text(() => Plain(path), name, name, reading),
            };
        }
        catch (InvalidDataException)
        {
            throw new SourceException(new LocalizedMessage("Sources.FileDamaged", name));
        }
    }

    /// <summary>
    /// Shortens the copy of the start of a file to whole lines, if it is text of which a part can be read by itself.
    /// </summary>
    /// <returns>Whether it is.</returns>
    public static bool CutAfterLastLine(string path)
    {
        var isPacked = StartOf(path) is [0x1F, 0x8B, ..] or [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'A', (byte)'R', ..];
        var isUtf16 = StartOf(path) is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, ..] or [_, 0, ..];
        if (isPacked || isUtf16 || JsonEndings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            return false;
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var end = new byte[(int)Math.Min(file.Length, FileRows.LongestRow)];
        file.Seek(-end.Length, SeekOrigin.End);
        file.ReadExactly(end);
        var last = end.AsSpan().LastIndexOf((byte)'\n');
        if (last < 0)
            return false;
        file.SetLength(file.Length - end.Length + last + 1);
        return true;
    }

    private static FileRows Text(Func<Stream> open, string inner, string name, FileReading reading) =>
        JsonEndings.Contains(Path.GetExtension(inner), StringComparer.OrdinalIgnoreCase)
            ? JsonRows.Open(open, name, reading.Dialect)
            : CsvRows.Open(open, name, reading.Delimiter, reading.Dialect);

    private static FileRows Zip(string path, string name, FileReading reading)
    {
        string entry;
        using (var archive = new ZipArchive(Plain(path)))
        {
            if (archive.Entries.Count > PackedLimits.MostEntries)
                throw new SourceException(new LocalizedMessage("Sources.ZipEntries", name, PackedLimits.MostEntries));
            if (archive.GetEntry("xl/workbook.xml") is not null)
            {
                Workbook.Demand(archive, new FileInfo(path).Length, name, reading.Limits);
                entry = "";
            }
            else
            {
                var files = archive.Entries.Where(IsFile).Take(2).ToList();
                if (files.Count != 1)
                    throw new SourceException(new LocalizedMessage(files.Count == 0 ? "Sources.ZipEmpty" : "Sources.ZipSeveral", name));
                if (files[0].IsEncrypted)
                    throw new SourceException(new LocalizedMessage("Sources.FileEncrypted", name));
                entry = files[0].FullName;
            }
        }
        return entry.Length == 0 ? ExcelRows.Open(Plain(path), name, reading.Dialect) : Text(OpenEntry, entry, name, reading);

        Stream OpenEntry()
        {
            var archive = new ZipArchive(Plain(path));
            try
            {
                var file = archive.Entries.First(file => file.FullName == entry);
                return new UnpackedStream(
                    file.Open(),
                    archive,
                    file.CompressedLength,
                    name,
                    reading.Limits,
                    (total, checksum) => total == file.Length && checksum == file.Crc32
                );
            }
            catch
            {
                archive.Dispose();
                throw;
            }
        }
    }

    // Archives made on a Mac contain files about the files.
    private static bool IsFile(ZipArchiveEntry entry) =>
        entry.Name.Length > 0 && !entry.Name.StartsWith('.') && !entry.FullName.StartsWith("__MACOSX/", StringComparison.Ordinal);

    private static UnpackedStream Gzip(string path, FileReading reading)
    {
        var file = Plain(path);
        return new UnpackedStream(
            new GZipStream(file, CompressionMode.Decompress),
            file,
            file.Length,
            Path.GetFileName(path),
            reading.Limits,
            (total, _) => GzipTrailer.IsComplete(file, total)
        );
    }

    private static string Inner(string name) => name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;

    private static byte[] StartOf(string path)
    {
        using var file = Plain(path);
        var start = new byte[8];
        return start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
    }

    private static FileStream Plain(string path) =>
        new(
            path,
            new FileStreamOptions
            {
                Options = FileOptions.SequentialScan,
                BufferSize = 0,
                Share = FileShare.ReadWrite | FileShare.Delete,
            }
        );
}
