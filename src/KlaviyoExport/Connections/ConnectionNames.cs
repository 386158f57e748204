using System.Globalization;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>Display names. Two that differ in nothing but capitals, or in what cannot be seen, are one.</summary>
internal static class ConnectionNames
{
    private const int MaxLength = 100;

    /// <returns>The name without the blanks around it.</returns>
    /// <exception cref="LocalizedException">There is none, or it is too long.</exception>
    public static string Clean(string name) =>
        name.Trim() is { Length: > 0 and <= MaxLength } clean
            ? clean
            : throw new LocalizedException(new LocalizedMessage("Connections.NameNeeded"));

    /// <param name="db">The store.</param>
    /// <param name="name">The name somebody wants.</param>
    /// <param name="of">The connection that may have it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LocalizedException">Another connection has it.</exception>
    public static async Task DemandFreeAsync(AppDb db, string name, int? of, CancellationToken cancellationToken)
    {
        // The store compares the capitals of ASCII at most.
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
