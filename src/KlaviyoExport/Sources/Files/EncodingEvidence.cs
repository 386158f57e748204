using System.Text.Unicode;

namespace KlaviyoExport.Sources.Files;

/// <summary>
/// Finds the encoding of a text: by its byte order mark, otherwise by the positions of its zero bytes, otherwise UTF-8 if it is valid,
/// otherwise the code page in which its letters are the most usual ones. It reads until there is enough to decide.
/// </summary>
internal sealed class EncodingEvidence
{
    private const int Chunk = 64 * 1024;

    /// <summary>The number of characters beyond ASCII that are enough to be sure of UTF-8.</summary>
    private const int Enough = 500;

    /// <summary>The number of words that are kept to decide between code pages.</summary>
    private const int MostWords = 2_000;

    /// <summary>The longest part of a compressed or plain text that is searched for its first character beyond ASCII.</summary>
    private const long Furthest = 1_000_000_000;

    private const int LongestWord = 40;

    private readonly List<byte[]> _words = [];
    private string? _unicode;
    private long _valid;
    private long _invalid;
    private bool _hasControls;

    public void Read(Stream stream)
    {
        var buffer = new byte[Chunk];
        var (kept, isFirst, total) = (0, true, 0L);
        while (total < Furthest && (_invalid > 0 ? _words.Count < MostWords : _valid < Enough))
        {
            var read = stream.ReadAtLeast(buffer.AsSpan(kept), Chunk - kept, throwOnEndOfStream: false);
            total += read;
            var text = buffer.AsSpan(0, kept + read);
            if (isFirst && (_unicode = UnicodeOf(text)) is not null)
                return;
            isFirst = false;
            // A word or a character of UTF-8 may go on in the next chunk.
            var cut = read < Chunk - kept ? text.Length : Math.Max(text.LastIndexOfAny((byte)'\n', (byte)',', (byte)';') + 1, Chunk / 2);
            Look(text[..cut]);
            text[cut..].CopyTo(buffer);
            kept = text.Length - cut;
            if (read == 0 || cut == text.Length)
                return;
        }
    }

    public TextEncoding Decide()
    {
        if (_unicode is not null)
            return new TextEncoding(_unicode, []);
        if (_invalid <= _valid || _hasControls)
            return new TextEncoding("utf-8", []);
        var ranked = LetterModel.Rank(_words);
        if (ranked is not [{ IsPlausible: true } best, ..])
            return new TextEncoding("utf-8", []);
        var rivals = ranked.Where(other => other.IsPlausible && best.Score - other.Score < LetterModel.Doubt && !SameText(best, other));
        IReadOnlyList<RankedEncoding> all = [best, .. rivals];
        return new TextEncoding(
            best.Name,
            all.Count == 1 ? [] : [.. all.Select(one => new EncodingCandidate(one.Name, Differing(one, all)))]
        );
    }

    private bool SameText(RankedEncoding one, RankedEncoding other) => _words.TrueForAll(word => one.Text(word) == other.Text(word));

    private List<string> Differing(RankedEncoding one, IReadOnlyList<RankedEncoding> all) =>
        [
            .. _words
                .Where(word => all.Any(other => other.Text(word) != one.Text(word)))
                .DistinctBy(Convert.ToHexString)
                .Take(8)
                .Select(one.Text),
        ];

    private static string? UnicodeOf(ReadOnlySpan<byte> start) =>
        start switch
        {
            [0xFF, 0xFE, ..] => "utf-16",
            [0xFE, 0xFF, ..] => "utf-16BE",
            [0xEF, 0xBB, 0xBF, ..] => "utf-8",
            _ => ByZeros(start[..Math.Min(start.Length, 4096)]),
        };

    // UTF-8 text has no zero bytes unless it is damaged, whereas every delimiter and line break of UTF-16 contains one. Two ASCII characters
    // in a row are one unusual character in UTF-16.
    private static string? ByZeros(ReadOnlySpan<byte> start)
    {
        int even = 0,
            odd = 0,
            ascii = 0;
        for (var i = 0; i < start.Length; i++)
        {
            if (start[i] == 0)
                _ = i % 2 == 0 ? even++ : odd++;
            else if (i % 2 == 1 && Math.Max(start[i - 1], start[i]) < 0x7F && start[i - 1] > 0)
                ascii++;
        }
        if (ascii * 4 > start.Length)
            return null;
        var enough = Math.Max(2, start.Length / 100);
        return (even, odd) switch
        {
            (0, _) when odd >= enough => "utf-16",
            (_, 0) when even >= enough => "utf-16BE",
            _ => null,
        };
    }

    private void Look(ReadOnlySpan<byte> text)
    {
        while (text.IndexOfAnyExceptInRange((byte)0, (byte)0x7F) is >= 0 and var at)
        {
            var (begin, end) = (at, at);
            while (begin > 0 && at - begin < LongestWord && IsWord(text[begin - 1]))
                begin--;
            while (end < text.Length && end - at < LongestWord && IsWord(text[end]))
                end++;
            var word = text[begin..end];
            if (Utf8.IsValid(word))
                _valid++;
            else
                _invalid++;
            if (_words.Count < MostWords)
                _words.Add(word.ToArray());
            _hasControls |= text[..end].IndexOfAnyInRange((byte)0, (byte)8) >= 0;
            text = text[end..];
        }
    }

    private static bool IsWord(byte value) => value >= 0x80 || char.IsAsciiLetterOrDigit((char)value);
}
