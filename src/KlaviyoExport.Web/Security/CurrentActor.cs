using System.Security.Claims;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// The signed-in person as the services know them. Asked anew for every deed, and answered from the store: a person who was demoted or
/// signed out a second ago, with a page still open, can do nothing more with it.
/// </summary>
internal sealed class CurrentActor(AuthenticationStateProvider states, IDbContextFactory<AppDb> stores, IOptions<IdentityOptions> identity)
{
    /// <exception cref="SessionEndedException">Nobody is signed in, or the session is no longer valid.</exception>
    public async Task<Actor> GetAsync(CancellationToken cancellationToken = default) =>
        await OfAsync((await states.GetAuthenticationStateAsync()).User, cancellationToken);

    /// <summary>The same of a person known from elsewhere than a page: an endpoint's request.</summary>
    /// <exception cref="SessionEndedException">Nobody is signed in, or the session is no longer valid.</exception>
    public async Task<Actor> OfAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        var id = principal.FindFirstValue(ClaimTypes.NameIdentifier);
        var stamp = principal.FindFirstValue(identity.Value.ClaimsIdentity.SecurityStampClaimType);
        if (principal.Identity?.IsAuthenticated != true || id is null || stamp is null)
            throw new SessionEndedException();

        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var user = await db.Set<AppUser>()
            .Where(user => user.Id == id && user.SecurityStamp == stamp)
            .Select(user => new { user.DisplayName, user.Role })
            .SingleOrDefaultAsync(cancellationToken);
        return user is null ? throw new SessionEndedException() : new Actor(id, user.DisplayName, user.Role);
    }
}
