using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace KlaviyoExport.Web.Api;

/// <summary>A page of a list.</summary>
/// <param name="Items">The items, at most as many as the parameter <c>limit</c>.</param>
/// <param name="Next">The cursor of the next page, for the parameter <c>cursor</c>. Null on the last page.</param>
internal sealed record ApiPage<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Reads the parameters of a list, and makes cursors from the ids of the last items.</summary>
internal static class Paging
{
    public const int LargestLimit = 200;

    private const int DefaultLimit = 50;

    /// <exception cref="BadHttpRequestException">The limit is not between 1 and <see cref="LargestLimit"/>.</exception>
    public static int Limit(int? limit) =>
        limit is null ? DefaultLimit
        : limit is >= 1 and <= LargestLimit ? limit.Value
        : throw new BadHttpRequestException($"limit must be between 1 and {LargestLimit}.");

    /// <returns>The id of the last item of the page before. Null for the first page.</returns>
    /// <exception cref="BadHttpRequestException">The text is no cursor of this API.</exception>
    public static long? Read(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor))
            return null;
        try
        {
            if (long.TryParse(Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor)), CultureInfo.InvariantCulture, out var id))
                return id;
        }
        catch (FormatException)
        {
            // The message below is clearer.
        }
        throw new BadHttpRequestException("cursor is not valid. Use the value of next of the page before.");
    }

    /// <returns>The cursor after the item with this id. Null for null.</returns>
    public static string? Write(long? id) =>
        id is { } last ? Base64Url.EncodeToString(Encoding.ASCII.GetBytes(last.ToString(CultureInfo.InvariantCulture))) : null;
}
