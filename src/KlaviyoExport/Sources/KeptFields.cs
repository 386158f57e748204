using KlaviyoExport.Data;

namespace KlaviyoExport.Sources;

/// <summary>
/// Which columns of files are loaded. The columns that are left out are read past: their values reach neither the staging file nor the
/// store, and a column that appears later is left out until somebody chooses it.
/// </summary>
internal static class KeptFields
{
    /// <summary>Returns the chosen columns, with the key. Null for all columns, and for databases, which are read where they are.</summary>
    public static List<string>? Of(SourceDraft draft, KeyColumns keys) =>
        draft is { KeptFields: { Count: > 0 } chosen } && draft.Kind.IsFiles() ? [.. keys.Concat(chosen).Distinct()] : null;

    /// <summary>Demands that segments and exports use no column that is left out.</summary>
    /// <exception cref="SourceException">One does. The message names both.</exception>
    public static async Task DemandUnusedAsync(
        AppDb db,
        Source source,
        List<string>? kept,
        IEnumerable<FindFieldUsers> find,
        CancellationToken cancellationToken
    )
    {
        if (kept is null || (source.KeptFields is { } before && before.ToHashSet().IsSubsetOf(kept)))
            return;
        var users = new List<FieldUser>();
        foreach (var one in find)
            users.AddRange(await one(db, source.Id, cancellationToken));
        if (users.Find(user => !kept.Contains(user.Field)) is { } used)
            throw new SourceException(
                new LocalizedMessage(
                    "Sources.KeptInUse",
                    used.Field,
                    string.Join(", ", users.Where(user => user.Field == used.Field).Select(user => user.Name).Distinct())
                )
            );
    }
}
