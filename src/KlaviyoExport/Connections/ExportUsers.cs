using KlaviyoExport.Data;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>Who can be the administrator in whose name a connection's exports run.</summary>
internal sealed class ExportUsers(TimeProvider clock)
{
    /// <summary>Whether an error of a connection is over once another administrator takes over.</summary>
    public static bool IsAbout(Notice error) => error.Code is "Delivery.ExportUserMissing" or "Delivery.ExportUserGone";

    /// <exception cref="NoticeException">The proof is another person's or older than <see cref="FreshSignIn.Lifetime"/>.</exception>
    public void Demand(Actor actor, FreshSignIn proof)
    {
        var age = clock.GetUtcNow() - proof.At;
        if (proof.UserId != actor.Id || age < TimeSpan.Zero || age > FreshSignIn.Lifetime)
            throw new NoticeException(new Notice("Connections.SignInStale"));
    }

    /// <exception cref="NoticeException">The person is gone, or no administrator any more.</exception>
    public static async Task<AppUser> AdministratorAsync(AppDb db, string userId, CancellationToken cancel) =>
        await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == userId && user.Role == Role.Administrator, cancel)
            ?? throw new NoticeException(new Notice("Connections.NotAdministrator"));
}
