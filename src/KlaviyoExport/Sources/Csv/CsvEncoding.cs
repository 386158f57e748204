using System.Text;

namespace KlaviyoExport.Sources.Csv;

/// <summary>
/// Detects the encoding of a file: by its byte order mark, otherwise by the positions of its zero bytes, otherwise UTF-8.
/// </summary>
internal static class CsvEncoding
{
    /// <summary>
    /// The code point that replaces an invalid unit of UTF-16. No valid text contains it, so it is recognized later. (Invalid UTF-8 is
    /// passed on and recognized itself.)
    /// </summary>
    public const char Invalid = '\uFFFF';

    private const int Looked = 4096;

    /// <returns>Null for UTF-8.</returns>
    public static Encoding? Detect(Stream stream)
    {
        Span<byte> start = stackalloc byte[Looked];
        start = start[..stream.ReadAtLeast(start, Looked, throwOnEndOfStream: false)];
        stream.Position = 0;
        return start switch
        {
            [0xFF, 0xFE, ..] => Strict(bigEndian: false),
            [0xFE, 0xFF, ..] => Strict(bigEndian: true),
            _ => ByZeros(start),
        };
    }

    // UTF-8 text has no zero bytes, whereas every delimiter and line break of UTF-16 contains one.
    private static Encoding? ByZeros(ReadOnlySpan<byte> start)
    {
        int even = 0,
            odd = 0;
        for (var i = 0; i < start.Length; i++)
        {
            if (start[i] == 0)
                _ = i % 2 == 0 ? even++ : odd++;
        }
        var enough = Math.Max(2, start.Length / 100);
        return (even, odd) switch
        {
            (0, _) when odd >= enough => Strict(bigEndian: false),
            (_, 0) when even >= enough => Strict(bigEndian: true),
            _ => null,
        };
    }

    private static Encoding Strict(bool bigEndian) =>
        Encoding.GetEncoding(
            bigEndian ? "utf-16BE" : "utf-16",
            EncoderFallback.ReplacementFallback,
            new DecoderReplacementFallback(Invalid.ToString())
        );
}
