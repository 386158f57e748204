using System.Security.Claims;
using KlaviyoExport.People;
using KlaviyoExport.People.SignIns;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// The sign-in manager of ASP.NET Core Identity, with a session in the store for every cookie. Begin sessions with
/// <see cref="BeginAsync"/>.
/// </summary>
internal sealed class SessionSignIn(
    UserManager<AppUser> users,
    IHttpContextAccessor contexts,
    IUserClaimsPrincipalFactory<AppUser> claims,
    IOptions<IdentityOptions> options,
    ILogger<SignInManager<AppUser>> logger,
    IAuthenticationSchemeProvider schemes,
    IUserConfirmation<AppUser> confirmation,
    Sessions sessions
) : SignInManager<AppUser>(users, contexts, claims, options, logger, schemes, confirmation)
{
    private const string Item = "session";

    /// <summary>Begins a session of a person who has proved who they are.</summary>
    /// <param name="properties">What the cookie keeps besides, or null.</param>
    public async Task BeginAsync(AppUser user, SignInWay way, AuthenticationProperties? properties = null)
    {
        // A browser has one session at a time.
        await EndAsync();
        properties ??= new();
        properties.Items[Item] = await sessions.BeginAsync(
            user,
            way,
            RequestAddress.Of(Context),
            Context.Request.Headers.UserAgent,
            Context.RequestAborted
        );
        // What was remembered between the password and the code.
        await Context.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
        await SignInWithClaimsAsync(user, properties, []);
    }

    /// <summary>Remembers, for a few minutes and in an encrypted cookie, that the person has entered the correct password.</summary>
    public Task AskForCodeAsync(AppUser user) => SignInOrTwoFactorAsync(user, isPersistent: false);

    /// <summary>Renews the claims of the current cookie after a change of the account. The session stays.</summary>
    public override async Task RefreshSignInAsync(AppUser user)
    {
        var ticket = await Context.AuthenticateAsync(AuthenticationScheme);
        if (ticket.Properties?.Items.TryGetValue(Item, out var session) == true && session is not null)
            await sessions.RenewAsync(session, await UserManager.GetSecurityStampAsync(user), Context.RequestAborted);
        await SignInWithClaimsAsync(user, ticket.Properties, []);
    }

    public override Task SignInWithClaimsAsync(
        AppUser user,
        AuthenticationProperties? authenticationProperties,
        IEnumerable<Claim> additionalClaims
    ) =>
        authenticationProperties?.Items.TryGetValue(Item, out var session) == true && session is not null
            ? base.SignInWithClaimsAsync(user, authenticationProperties, [SessionClaim.For(session), .. additionalClaims])
            : throw new InvalidOperationException($"Sessions begin with {nameof(BeginAsync)}.");

    /// <summary>Ends the session in the store as well, so that a copy of the cookie is worth nothing.</summary>
    public override async Task SignOutAsync()
    {
        await EndAsync();
        await base.SignOutAsync();
    }

    public override async Task<AppUser?> ValidateSecurityStampAsync(ClaimsPrincipal? principal) =>
        await base.ValidateSecurityStampAsync(principal) is { } user
        && await sessions.IsOpenAsync(SessionClaim.Of(principal!), user.Id, Context.RequestAborted)
            ? user
            : null;

    private async Task EndAsync()
    {
        if (ActorClaims.Read(Context.User) is { } person && SessionClaim.Of(Context.User) is { } session)
            await sessions.SignOutAsync(person with { From = RequestAddress.Of(Context) }, session, Context.RequestAborted);
    }
}
