using System.Globalization;
using System.Text;

namespace KlaviyoExport.Sandbox.JsonApi;

/// <summary>
/// A position in a paged response: the page starts after, or ends before, the item at <paramref name="Position"/>. Opaque to clients.
/// </summary>
internal sealed record Cursor(bool Forward, string Scope, long Position)
{
    public override string ToString() =>
        Convert.ToBase64String(
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(Forward ? "next" : "prev")}::{Scope}::{Position}"))
        );

    /// <summary>Reads a cursor that this sandbox created for the same call.</summary>
    /// <exception cref="Refusal">400 for anything else.</exception>
    public static Cursor Parse(string text, string scope)
    {
        var buffer = new byte[text.Length];
        if (Convert.TryFromBase64String(text, buffer, out var length))
        {
            var parts = Encoding.UTF8.GetString(buffer, 0, length).Split("::");
            if (
                parts is [("next" or "prev") and var way, var of, var position]
                && of == scope
                && long.TryParse(position, CultureInfo.InvariantCulture, out var number)
            )
                return new Cursor(way == "next", of, number);
        }
        throw new Refusal(ApiError.InvalidParameter("Invalid cursor provided.", "page[cursor]"));
    }
}
