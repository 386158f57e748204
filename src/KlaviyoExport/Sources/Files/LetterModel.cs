using System.Globalization;
using System.Text;

namespace KlaviyoExport.Sources.Files;

/// <summary>A code page with how well it fits a text.</summary>
/// <param name="Name">The name of the encoding.</param>
/// <param name="Encoding">The encoding.</param>
/// <param name="Score">The logarithm of the likelihood. Higher is likelier.</param>
/// <param name="IsPlausible">Whether nearly all characters are usual in one language.</param>
internal sealed record RankedEncoding(string Name, Encoding Encoding, double Score, bool IsPlausible)
{
    public string Text(byte[] word) => Encoding.GetString(word);
}

/// <summary>
/// How usual letters beyond ASCII are in the languages of the supported code pages. It is small on purpose: general detectors know none of
/// Serbian, Catalan and the difference between Windows and ISO code pages well, and guess without saying how sure they are.
/// </summary>
internal static class LetterModel
{
    /// <summary>A difference between two scores below which a person should decide.</summary>
    public const double Doubt = 4;

    private const double Rare = 1e-4;
    private const double Mark = 5e-3;

    /// <summary>Signs that stand in one code page where letters and the euro stand in another.</summary>
    private const string Signs = "¤¦¨´¸¼½¾©®¹²³";

    /// <summary>The usual letters of each language with their shares in percent of its letters beyond ASCII.</summary>
    private static readonly (string[] CodePages, string Letters)[] Languages =
    [
        (["windows-1250", "iso-8859-2"], "ć28 č24 š22 ž17 đ9"),
        (["windows-1250", "iso-8859-2"], "á17 í22 é10 ě9 š7 č8 ř8 ž8 ý7 ů4 ú1 ť1 ď1 ň1 ľ2 ô1 ä1"),
        (["windows-1250", "iso-8859-2"], "ą14 ę15 ł27 ó13 ś9 ż12 ć6 ź2 ń3"),
        (["windows-1250", "iso-8859-2"], "á30 é31 í6 ó9 ö9 ő8 ü6 ú3 ű2"),
        (["windows-1250", "iso-8859-2"], "ă40 î20 ş16 ţ16 â8"),
        (["windows-1252", "iso-8859-15"], "à22 é20 è14 í14 ó17 ò6 ç5 ú4 ï3 ü2 ñ3"),
        (["windows-1252", "iso-8859-15"], "ó28 í24 á21 é11 ñ9 ú6 ü1"),
        (["windows-1252", "iso-8859-15"], "ü36 ä28 ö20 ß16"),
        (["windows-1252", "iso-8859-15"], "é61 è12 à11 ê7 ç3 ô2 î1 û1 ë2 ï1 â2 ù1 œ1"),
        (["windows-1252", "iso-8859-15"], "ã25 ç18 á17 é13 í10 ó9 õ7 ê5 â3 à2 ú2"),
        (["windows-1252", "iso-8859-15"], "å25 ä35 ö30 ø16 æ10 é3"),
        (["windows-1251"], "а11 и10 о10 е9 н6 р5 с5 т5 ј4 у4 в4 д4 к4 м4 л4 п3 з2 г2 б2 ч1 ш1 ц1 ж1 ћ1 ђ1 њ1 љ1 х1 ф1 џ1"),
        (["windows-1251"], "о11 е8 а8 и7 н7 т6 с5 р5 в4 л4 к3 м3 д3 п3 у3 я2 ы2 ь2 г2 з2 б2 ч1 й1 х1 ж1 ш1 ю1 ц1 щ1 э1 ф1 ъ1 і1 ї1 є1"),
    ];

    /// <summary>Returns the code pages, the likeliest first.</summary>
    /// <param name="words">Words with characters beyond ASCII.</param>
    public static IReadOnlyList<RankedEncoding> Rank(IReadOnlyList<byte[]> words) =>
        [.. TextEncodings.CodePages.Select(name => Fit(name, TextEncodings.Of(name)!, words)).OrderByDescending(ranked => ranked.Score)];

    private static RankedEncoding Fit(string name, Encoding encoding, IReadOnlyList<byte[]> words)
    {
        var texts = words.Select(encoding.GetString).ToList();
        var (best, unusual, count) = (double.NegativeInfinity, 1.0, 0);
        foreach (var (_, letters) in Languages.Where(language => language.CodePages.Contains(name)))
        {
            var shares = letters
                .Split(' ')
                .ToDictionary(
                    entry => entry[0],
                    entry => int.Parse(entry.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture) / 100.0
                );
            var (score, rare, all) = (0.0, 0, 0);
            foreach (var text in texts)
            {
                for (var i = 0; i < text.Length; i++)
                {
                    if (char.IsAscii(text[i]))
                        continue;
                    all++;
                    var share = Share(text, i, shares);
                    rare += share <= Rare ? 1 : 0;
                    score += Math.Log(share);
                }
            }
            if (score > best)
                (best, unusual, count) = (score, (double)rare / Math.Max(all, 1), all);
        }
        return new RankedEncoding(name, encoding, best, count > 0 && unusual <= 0.34);
    }

    private static double Share(string text, int at, Dictionary<char, double> shares)
    {
        var character = text[at];
        if (shares.TryGetValue(char.ToLowerInvariant(character), out var share))
        {
            // A capital after a small letter is unusual: it is another letter in the right code page.
            return char.IsUpper(character) && at > 0 && char.IsLower(text[at - 1]) ? Rare : share;
        }
        if (char.IsControl(character))
            return Rare / 100;
        if (char.IsLetter(character))
            return Rare;
        if (Signs.Contains(character))
            return Rare;
        // Quotation marks, dashes and signs stand beside words, not inside them.
        var isInside = at > 0 && at < text.Length - 1 && char.IsLetter(text[at - 1]) && char.IsLetter(text[at + 1]);
        return isInside && character is not ('’' or '·') ? Rare : Mark;
    }
}
