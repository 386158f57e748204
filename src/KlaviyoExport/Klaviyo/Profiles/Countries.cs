using System.Globalization;
using System.Text;

namespace KlaviyoExport.Klaviyo;

/// <summary>The names of countries in the languages of the product. They do not depend on the machine.</summary>
public static class Countries
{
    private const int English = 1;
    private const int Serbian = 2;
    private const int Catalan = 4;

    private static readonly Dictionary<string, string> Common = new()
    {
        ["UK"] = "GB",
        ["ENGLAND"] = "GB",
        ["SCOTLAND"] = "GB",
        ["WALES"] = "GB",
        ["GREAT BRITAIN"] = "GB",
        ["USA"] = "US",
        ["UNITED STATES OF AMERICA"] = "US",
        ["HOLLAND"] = "NL",
        ["CZECH REPUBLIC"] = "CZ",
        ["CATALUNYA"] = "ES",
        ["SRB"] = "RS",
        ["ESP"] = "ES",
    };

    // Each row: the ISO code, then the names in English, Serbian (Cyrillic and Latin), Catalan and Spanish.
    private static readonly List<string[]> Rows = Read();

    private static readonly Dictionary<string, string> Codes = Index();

    /// <summary>The ISO 3166 codes of two letters, sorted.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Rows.Select(row => row[0])];

    /// <summary>
    /// Returns the ISO code of two letters for such a code, or for a name in English, Serbian, Catalan or Spanish. Upper and lower case do not
    /// matter. Null for anything else.
    /// </summary>
    public static string? CodeOf(string? text) => text is null ? null : Codes.GetValueOrDefault(Fold(text));

    /// <summary>Returns the name of a country in the language of a culture, in English for other languages.</summary>
    public static string NameOf(string code, CultureInfo culture) =>
        Rows.Find(row => row[0] == code)?[
            culture.TwoLetterISOLanguageName switch
            {
                "sr" => Serbian,
                "ca" => Catalan,
                _ => English,
            }
        ]
        ?? code;

    private static List<string[]> Read()
    {
        using var file = typeof(Countries).Assembly.GetManifestResourceStream("Countries.tsv")!;
        using var reader = new StreamReader(file, Encoding.UTF8);
        var rows = new List<string[]>();
        while (reader.ReadLine() is { } line)
            rows.Add(line.Split('\t'));
        return rows;
    }

    private static Dictionary<string, string> Index()
    {
        var codes = new Dictionary<string, string>(Common, StringComparer.Ordinal);
        foreach (var row in Rows)
            codes[row[0]] = row[0];
        foreach (var row in Rows)
        foreach (var name in row)
            codes.TryAdd(Fold(name), row[0]);
        return codes;
    }

    private static string Fold(string text) => text.Trim().Normalize(NormalizationForm.FormC).ToUpperInvariant();
}
