using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Exports;

/// <summary>Finds the field of a source that is likely to contain the email address.</summary>
public static class EmailFields
{
    // Not "post" alone: in the same languages it is the start of the word for postal code.
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

    /// <summary>
    /// Sorts all fields: first those with addresses in their samples, then those with a matching name, then in the source's order.
    /// </summary>
    public static IReadOnlyList<Field> LikelyFirst(IReadOnlyList<Field> fields) =>
        [.. fields.OrderByDescending(AddressShare).ThenByDescending(IsNamedSo)];

    /// <summary>Whether the values of a field look like email addresses. If not, the page shows a warning.</summary>
    public static bool LooksLikeAddresses(Field field) => field.Samples.Count == 0 || AddressShare(field) >= 0.5;

    private static double AddressShare(Field field) =>
        field.Samples.Count == 0
            ? 0
            : field.Samples.Count(sample => EmailAddress.TryNormalize(sample, out _)) / (double)field.Samples.Count;

    private static bool IsNamedSo(Field field) =>
        Array.Exists(Words, word => field.Name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
