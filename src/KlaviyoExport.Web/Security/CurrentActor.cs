using System.Security.Claims;
using KlaviyoExport.People;
using KlaviyoExport.People.SignIns;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// Returns the signed-in person as the services know them. Every call reads the store, so that a person who was demoted or signed out
/// a second ago cannot do anything with a page that is still open.
/// </summary>
internal sealed class CurrentActor(AuthenticationStateProvider states, Sessions sessions, IOptions<IdentityOptions> identity)
{
    /// <summary>Returns the person of the page's authentication state.</summary>
    /// <exception cref="SessionEndedException">No one is signed in, or the session is no longer valid.</exception>
    /// <exception cref="NotAllowedException">The role of the person needs a second factor, and the session began without one.</exception>
    public async Task<Actor> GetAsync(CancellationToken cancellationToken = default) =>
        await OfAsync((await states.GetAuthenticationStateAsync()).User, cancellationToken);

    /// <summary>Returns the person of a principal, such as that of an endpoint's request. Otherwise as <see cref="GetAsync"/>.</summary>
    public async Task<Actor> OfAsync(ClaimsPrincipal principal, CancellationToken cancellationToken) =>
        await SessionOfAsync(principal, cancellationToken) is { LacksSecondFactor: false } session
            ? session.Actor
            : throw new NotAllowedException();

    /// <summary>Returns the session of the page, also one that lacks a second factor.</summary>
    /// <exception cref="SessionEndedException">No one is signed in, or the session is no longer valid.</exception>
    public async Task<CurrentSession> SessionAsync(CancellationToken cancellationToken = default) =>
        await SessionOfAsync((await states.GetAuthenticationStateAsync()).User, cancellationToken);

    /// <summary>Returns the session of a principal. Otherwise as <see cref="SessionAsync"/>.</summary>
    public async Task<CurrentSession> SessionOfAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (
            SessionClaim.Read(principal, identity.Value) is not { } claimed
            || await sessions.FindAsync(claimed.UserId, claimed.Stamp, claimed.Session, cancellationToken) is not { } person
        )
            throw new SessionEndedException();
        return new CurrentSession(
            claimed.Session,
            new Actor(claimed.UserId, person.Name, person.Role) { From = RequestAddress.Of(principal) },
            person.Way,
            person.ProvenAt,
            person.LacksSecondFactor
        );
    }
}
