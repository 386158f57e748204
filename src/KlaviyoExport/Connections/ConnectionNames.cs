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
        if (TakenBy(await OthersAsync(db, of, cancellationToken), name) is { } taken)
            throw new LocalizedException(new LocalizedMessage("Connections.NameTaken", taken));
    }

    /// <returns>The name, with a number if another connection has it.</returns>
    public static async Task<string> FreeAsync(AppDb db, string name, CancellationToken cancellationToken)
    {
        var others = await OthersAsync(db, of: null, cancellationToken);
        var clean = Clean(name);
        for (var number = 2; ; number++)
        {
            if (TakenBy(others, clean) is null)
                return clean;
            clean = $"{name.Trim()} ({number})";
        }
    }

    private static Task<List<string>> OthersAsync(AppDb db, int? of, CancellationToken cancellationToken) =>
        db.Set<Connection>().Where(connection => connection.Id != of).Select(connection => connection.Name).ToListAsync(cancellationToken);

    // The comparisons of the store may ignore the case of ASCII letters only.
    private static string? TakenBy(List<string> others, string name) =>
        others.Find(other => CultureInfo.InvariantCulture.CompareInfo.Compare(other, name, CompareOptions.IgnoreCase) == 0);
}
