using KlaviyoExport.Alerts;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.People.SignIns;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// Makes and uses links with which a person sets a password. An administrator makes the link and passes it on, or it is made when a mail
/// is sent. A link is valid for one day and can be used once. Links are not stored: they are bound to the person's security stamp, which
/// changes when a password is set.
/// </summary>
internal sealed class PasswordLinks(
    IServiceScopeFactory scopes,
    IHttpContextAccessor requests,
    SignInThrottle throttle,
    Audit audit,
    AccountMails mails,
    IOptions<LocalAccountsOptions> local
)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);
    private const string Purpose = UserManager<AppUser>.ResetPasswordTokenPurpose;

    /// <returns>The path and query of the link. It is a secret.</returns>
    /// <exception cref="LocalizedException">The person does not exist, or local accounts are turned off.</exception>
    public async Task<string> MakeAsync(Actor actor, string userId, CancellationToken cancellationToken)
    {
        ManagePeople.Rule.Demand(actor);
        if (!local.Value.Enabled)
            throw new LocalizedException(new LocalizedMessage("People.LocalAccountsOff"));
        await using var scope = scopes.CreateAsyncScope();
        var users = Users(scope);
        var user = await users.FindByIdAsync(userId) ?? throw new GoneException(new LocalizedMessage("People.Gone"));
        if (user.IsServiceAccount)
            throw new LocalizedException(new LocalizedMessage("People.ServiceAccountSignsIn"));
        var link = await LinkAsync(users, user);
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        audit.Add(db, actor, "People.LinkMade", user.DisplayName);
        await db.SaveChangesAsync(cancellationToken);
        return link;
    }

    /// <summary>Makes a link for a mail to the person.</summary>
    /// <returns>As <see cref="MakePasswordLink"/>.</returns>
    public async Task<string?> MakeForMailAsync(string userId)
    {
        if (!local.Value.Enabled)
            return null;
        await using var scope = scopes.CreateAsyncScope();
        var users = Users(scope);
        return await users.FindByIdAsync(userId) is { } user ? await LinkAsync(users, user) : null;
    }

    /// <returns>The email address of the person whose password the link sets. Null when the link is not or no longer valid.</returns>
    public async Task<string?> OwnerAsync(string? userId, string? token)
    {
        await using var scope = scopes.CreateAsyncScope();
        return (await OwnerAsync(Users(scope), userId, token))?.Email;
    }

    /// <summary>Sets the password and ends all sessions of the person.</summary>
    /// <returns>The faults of the password, empty when it was set. Null when the link is not valid.</returns>
    public async Task<IReadOnlyList<IdentityError>?> UseAsync(string? userId, string? token, string password)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = Users(scope);
        if (await OwnerAsync(users, userId, token) is not { } user)
            return null;
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        audit.Add(
            db,
            new Actor(user.Id, user.DisplayName, user.Role) { From = RequestAddress.Of(requests.HttpContext) },
            "People.PasswordSet",
            user.DisplayName
        );
        // Who sets the first password knows of the account by the invitation.
        if (user.PasswordHash is not null)
            mails.Add(db, user.Id, OutboxLetter.PasswordChanged);
        var result = await users.ResetPasswordAsync(user, token!, password);
        // A valid link proves who the person is, so what was counted against the account ends here.
        if (result.Succeeded)
            await throttle.ReleaseAsync(user.Email!, CancellationToken.None);
        return [.. result.Errors];
    }

    private static async Task<string> LinkAsync(UserManager<AppUser> users, AppUser user) =>
        QueryHelpers.AddQueryString(
            "set-password",
            new Dictionary<string, string?> { ["user"] = user.Id, ["token"] = await users.GeneratePasswordResetTokenAsync(user) }
        );

    private static UserManager<AppUser> Users(AsyncServiceScope scope) => scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();

    private async Task<AppUser?> OwnerAsync(UserManager<AppUser> users, string? userId, string? token) =>
        local.Value.Enabled
        && userId is not null
        && token is not null
        && await users.FindByIdAsync(userId) is { } user
        && await users.VerifyUserTokenAsync(user, users.Options.Tokens.PasswordResetTokenProvider, Purpose, token)
            ? user
            : null;
}
