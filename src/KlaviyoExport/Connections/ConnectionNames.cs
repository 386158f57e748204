using System.Globalization;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>Validates display names. Two names that differ only in case or in invisible characters are equal.</summary>
internal static class ConnectionNames
{
    private const int MaxLength = 100;

    /// <returns>The name without surrounding white space.</returns>
    /// <exception cref="LocalizedException">The name is empty or too long.</exception>
    public static string Clean(string name) =>
        name.Trim() is { Length: > 0 and <= MaxLength } clean
            ? clean
            : throw new LocalizedException(new LocalizedMessage("Connections.NameNeeded"));

    /// <param name="db">The store.</param>
    /// <param name="name">The requested name.</param>
    /// <param name="of">The ID of the connection that may have the name.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="LocalizedException">Another connection has the name.</exception>
    public static async Task DemandFreeAsync(AppDb db, string name, int? of, CancellationToken cancellationToken)
    {
        // The comparisons of the store may ignore the case of ASCII letters only.
        var others = await db.Set<Connection>()
            .Where(connection => connection.Id != of)
            .Select(connection => connection.Name)
            .ToListAsync(cancellationToken);
        if (
            others.Find(other => CultureInfo.InvariantCulture.CompareInfo.Compare(other, name, CompareOptions.IgnoreCase) == 0) is { } taken
        )
            throw new LocalizedException(new LocalizedMessage("Connections.NameTaken", taken));
    }
}
