using KlaviyoExport.Data;
using KlaviyoExport.People.SignIns;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// Signs an open page out when its session is revoked. Without it, the session is checked only when a page is loaded, because the cookie
/// is only read then.
/// </summary>
internal sealed class SessionRevalidation(
    ILoggerFactory loggers,
    Sessions sessions,
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
        if (SessionClaim.Read(authenticationState.User, identity.Value) is not { } claimed)
            return false;
        try
        {
            return await sessions.FindAsync(claimed.UserId, claimed.Stamp, claimed.Session, cancellationToken)
                    is { LacksSecondFactor: false }
                && await sessions.IsOpenAsync(claimed.Session, claimed.UserId, cancellationToken);
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault) || fault is ObjectDisposedException)
        {
            // The store does not answer, or the server is stopping. That is no reason to send everybody to the sign-in. The next check asks
            // again, and each action of the page reads the session itself.
            return true;
        }
    }
}
