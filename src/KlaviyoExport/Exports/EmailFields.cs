using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Exports;

/// <summary>Which field of a source is likely to hold the address.</summary>
public static class EmailFields
{
    // Not "post" alone: in the same languages that begins the postal code.
    private static readonly string[] Words =
    [
        "mail",
        "mejl",
        "мејл",
        "correu",
        "correo",
        "e-post",
        "epost",
        "e-pošt",
        "epošt",
        "е-пошт",
        "епошт",
        "elektronsk",
        "електронск",
    ];

    /// <summary>All fields, the likeliest first: those whose samples are addresses, then those named so, then the source's order.</summary>
    public static IReadOnlyList<Field> LikelyFirst(IReadOnlyList<Field> fields) =>
        [.. fields.OrderByDescending(AddressShare).ThenByDescending(IsNamedSo)];

    /// <summary>Whether a field looks like addresses at all; of those that do not a person is warned.</summary>
    public static bool LooksLikeAddresses(Field field) => field.Samples.Count == 0 || AddressShare(field) >= 0.5;

    private static double AddressShare(Field field) =>
        field.Samples.Count == 0
            ? 0
            : field.Samples.Count(sample => EmailAddress.TryNormalize(sample, out _)) / (double)field.Samples.Count;

    private static bool IsNamedSo(Field field) =>
        Array.Exists(Words, word => field.Name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
