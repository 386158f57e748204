namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Klaviyo's ids (lists, jobs, profiles) are short runs of letters, digits, <c>-</c> and <c>_</c>; nothing else is worth a call, nor safe
/// in a path.
/// </summary>
public static class KlaviyoId
{
    public static bool IsPossible(string? id) =>
        id is { Length: > 0 and <= 100 } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
