using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>Decides who can be the export user of a connection.</summary>
internal sealed class ExportUsers(TimeProvider clock)
{
    /// <exception cref="LocalizedException">The sign-in belongs to another person or is older than <see
    /// cref="FreshSignIn.Lifetime"/>.</exception>
    public void Demand(Actor actor, FreshSignIn proof)
    {
        var age = clock.GetUtcNow() - proof.At;
        if (proof.UserId != actor.Id || age < TimeSpan.Zero || age > FreshSignIn.Lifetime)
            throw new LocalizedException(new LocalizedMessage("Connections.SignInStale"));
    }

    /// <exception cref="LocalizedException">The person no longer exists or is no longer an administrator, or is a service account: only a
    /// person can answer for a connection.</exception>
    public static async Task<AppUser> AdministratorAsync(AppDb db, string userId, CancellationToken cancellationToken)
    {
        var user =
            await db.Set<AppUser>().AsNoTracking().Administrators().SingleOrDefaultAsync(user => user.Id == userId, cancellationToken)
            ?? throw new LocalizedException(new LocalizedMessage("Connections.NotAdministrator"));
        return user.IsServiceAccount ? throw new LocalizedException(new LocalizedMessage("Connections.PersonNeeded")) : user;
    }
}
