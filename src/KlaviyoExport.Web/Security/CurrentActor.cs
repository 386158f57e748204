using System.Security.Claims;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// Returns the signed-in person as the services know them. Every call reads the store, so that a person who was demoted or signed out
/// a second ago cannot do anything with a page that is still open.
/// </summary>
internal sealed class CurrentActor(AuthenticationStateProvider states, IDbContextFactory<AppDb> stores, IOptions<IdentityOptions> identity)
{
    /// <summary>Returns the person of the page's authentication state.</summary>
    /// <exception cref="SessionEndedException">No one is signed in, or the session is no longer valid.</exception>
    public async Task<Actor> GetAsync(CancellationToken cancellationToken = default) =>
        await OfAsync((await states.GetAuthenticationStateAsync()).User, cancellationToken);

    /// <summary>Returns the person of a principal, such as that of an endpoint's request.</summary>
    /// <exception cref="SessionEndedException">No one is signed in, or the session is no longer valid.</exception>
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
        return user is null
            ? throw new SessionEndedException()
            : new Actor(id, user.DisplayName, user.Role) { From = RequestAddress.Of(principal) };
    }
}
