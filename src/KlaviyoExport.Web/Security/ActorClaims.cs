using System.Security.Claims;
using KlaviyoExport.People;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>Writes a person's name and role into the sign-in cookie, and reads them from it.</summary>
internal sealed class ActorClaims(UserManager<AppUser> users, IOptions<IdentityOptions> options)
    : UserClaimsPrincipalFactory<AppUser>(users, options)
{
    private const string DisplayName = "display_name";

    /// <summary>
    /// Reads the person from the claims of the cookie. Null when no one is signed in. The cookie can be out of date: use it for display
    /// only. <see cref="CurrentActor"/> reads the person's present rights from the store.
    /// </summary>
    public static Actor? Read(ClaimsPrincipal principal) =>
        principal.Identity?.IsAuthenticated == true
        && principal.FindFirstValue(ClaimTypes.NameIdentifier) is { } id
        && Enum.TryParse<Role>(principal.FindFirstValue(ClaimTypes.Role), out var role)
            ? new Actor(id, principal.FindFirstValue(DisplayName) ?? "", role)
            : null;

    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(AppUser user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        identity.AddClaim(new Claim(ClaimTypes.Role, user.Role.ToString()));
        identity.AddClaim(new Claim(DisplayName, user.DisplayName));
        return identity;
    }
}
