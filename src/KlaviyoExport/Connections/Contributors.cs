using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>Reads the people with whom a connection can be shared. A person who is no longer a contributor loses the access.</summary>
internal static class Contributors
{
    public static async Task<HashSet<string>> IdsAsync(AppDb db, CancellationToken cancellationToken) =>
        [.. await db.Set<AppUser>().Contributors().Select(user => user.Id).ToListAsync(cancellationToken)];

    /// <returns>The chosen contributors without duplicates. Empty when the sharing is not individual.</returns>
    /// <exception cref="LocalizedException">No contributor was chosen, or a chosen person is not a contributor.</exception>
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
