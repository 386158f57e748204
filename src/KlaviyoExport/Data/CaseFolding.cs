using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Data;

/// <summary>Converts text to lower case in database queries, for case-insensitive search and sorting in every alphabet.</summary>
internal static class CaseFolding
{
    /// <summary>
    /// Translated to the <c>lower</c> function of the database. The function of SQLite supports only ASCII; <see cref="SqlitePragmas"/>
    /// replaces it on each connection. On PostgreSQL, the call names the ICU collation (see <see cref="PostgreSqlAppDb"/>).
    /// </summary>
    /// <exception cref="NotSupportedException">Called outside a query.</exception>
    public static string Lower(string text) => throw new NotSupportedException("This method can only be used in EF Core queries.");

    /// <summary>
    /// Returns the trimmed search text in lower case, to compare with <see cref="Lower"/>. Null when the search text is empty.
    /// </summary>
    public static string? Needle(string? search) => string.IsNullOrWhiteSpace(search) ? null : Of(search.Trim());

    /// <summary>Maps <see cref="Lower"/> to the function of the database.</summary>
    public static void AddLower(this ModelBuilder builder) => builder.HasDbFunction(() => Lower(default!)).HasName("lower").IsBuiltIn();

#pragma warning disable CA1308 // The database offers lower case only.
    internal static string Of(string text) => text.ToLowerInvariant();
#pragma warning restore CA1308
}
