namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Checks ids of Klaviyo's lists, jobs and profiles before they become part of a request path. Klaviyo does not know other texts, and
/// they could change the path.
/// </summary>
public static class KlaviyoId
{
    /// <summary>Returns whether a text can be an id: 1 to 100 ASCII letters, digits, <c>-</c> and <c>_</c>.</summary>
    public static bool IsPossible(string? id) =>
        id is { Length: > 0 and <= 100 } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
