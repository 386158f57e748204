using System.Text;

namespace KlaviyoExport.Klaviyo.Wire;

/// <summary>
/// Builds Klaviyo's filter <c>any(email,["a@example.com","b@example.com"])</c>, escaped for a URL. Returns several filters when one would
/// be longer than <see cref="KlaviyoLimits.FilterCharacters"/>.
/// </summary>
internal static class EmailFilter
{
    private const string Start = "any%28email%2C%5B";
    private const string End = "%5D%29";
    private const string Comma = "%2C";

    public static IEnumerable<string> For(IReadOnlyList<string> emails)
    {
        var filter = new StringBuilder();
        foreach (var email in emails)
        {
            var item = Uri.EscapeDataString(
                $"\"{email.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            );
            if (filter.Length > 0 && filter.Length + Comma.Length + item.Length + End.Length > KlaviyoLimits.FilterCharacters)
            {
                yield return filter.Append(End).ToString();
                filter.Clear();
            }

            filter.Append(filter.Length == 0 ? Start : Comma).Append(item);
        }

        if (filter.Length > 0)
            yield return filter.Append(End).ToString();
    }
}
