using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Data;

/// <summary>Lower case in the database, for searching and sorting without regard to case, in every alphabet.</summary>
internal static class CaseFolding
{
    /// <summary>
    /// The <c>lower</c> of the database. SQLite's own knows ASCII only and is replaced where a connection opens; PostgreSQL's is told whose
    /// alphabets to know (<see cref="PostgreSqlAppDb"/>).
    /// </summary>
    public static string Lower(string text) => throw new NotSupportedException("Only for queries.");

    /// <summary>What to compare with <see cref="Lower"/>; null when there is nothing to look for.</summary>
    public static string? Needle(string? search) => string.IsNullOrWhiteSpace(search) ? null : Of(search.Trim());

    public static void AddLower(this ModelBuilder builder) => builder.HasDbFunction(() => Lower(default!)).HasName("lower").IsBuiltIn();

#pragma warning disable CA1308 // Lower case is what the database has.
    internal static string Of(string text) => text.ToLowerInvariant();
#pragma warning restore CA1308
}
