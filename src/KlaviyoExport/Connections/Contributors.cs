using KlaviyoExport.Data;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>The people a connection can be shared with. Whoever ceases to be a contributor keeps nothing of a share.</summary>
internal static class Contributors
{
    public static async Task<HashSet<string>> IdsAsync(AppDb db, CancellationToken cancellationToken) =>
        [.. await db.Set<AppUser>().Where(user => user.Role == Role.Contributor).Select(user => user.Id).ToListAsync(cancellationToken)];

    /// <returns>The chosen ones, each once; none where the sharing does not choose.</returns>
    /// <exception cref="LocalizedException">Nobody was chosen, or somebody who is not a contributor (any more).</exception>
    public static async Task<List<string>> ChosenAsync(
        AppDb db,
        Sharing sharing,
        IReadOnlyList<string> chosen,
        CancellationToken cancellationToken
    )
    {
        if (sharing != Sharing.ChosenContributors)
            return [];
        if (chosen.Count == 0)
            throw new LocalizedException(new LocalizedMessage("Connections.ContributorsNeeded"));
        var contributors = await IdsAsync(db, cancellationToken);
        return chosen.All(contributors.Contains)
            ? [.. chosen.Distinct()]
            : throw new LocalizedException(new LocalizedMessage("Connections.NotContributor"));
    }
}
