using System.Security.Claims;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// Signs an open page out when its session is revoked. Without it, the session is checked only when a page is loaded, because the cookie
/// is only read then.
/// </summary>
internal sealed class SessionRevalidation(
    ILoggerFactory loggers,
    IDbContextFactory<AppDb> stores,
    IOptions<IdentityOptions> identity,
    IOptions<SecurityStampValidatorOptions> validation
) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => validation.Value.ValidationInterval;

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState,
        CancellationToken cancellationToken
    )
    {
        var id = authenticationState.User.FindFirstValue(ClaimTypes.NameIdentifier);
        var stamp = authenticationState.User.FindFirstValue(identity.Value.ClaimsIdentity.SecurityStampClaimType);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<AppUser>().AnyAsync(user => user.Id == id && user.SecurityStamp == stamp, cancellationToken);
    }
}
