using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// Links with which a person sets a password: made by an administrator, handed over by hand and never mailed, good for a day and once.
/// Nothing of them is stored; setting a password changes the security stamp that they are bound to.
/// </summary>
internal sealed class PasswordLinks(IServiceScopeFactory scopes, IOptions<LocalAccountsOptions> local)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);
    private const string Purpose = UserManager<AppUser>.ResetPasswordTokenPurpose;

    /// <returns>The path; it is a secret.</returns>
    /// <exception cref="LocalizedException">There is no such person, or nobody has a password here.</exception>
    public async Task<string> MakeAsync(Actor actor, string userId, CancellationToken cancellationToken)
    {
        ManagePeople.Rule.Demand(actor);
        if (!local.Value.Enabled)
            throw new LocalizedException(new LocalizedMessage("People.LocalAccountsOff"));
        await using var scope = scopes.CreateAsyncScope();
        var users = Users(scope);
        var user = await users.FindByIdAsync(userId) ?? throw new LocalizedException(new LocalizedMessage("People.Gone"));
        var token = await users.GeneratePasswordResetTokenAsync(user);
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        scope.ServiceProvider.GetRequiredService<Audit>().Add(db, actor, "People.LinkMade", user.DisplayName);
        await db.SaveChangesAsync(cancellationToken);
        return QueryHelpers.AddQueryString("set-password", new Dictionary<string, string?> { ["user"] = userId, ["token"] = token });
    }

    /// <returns>The address whose password the link sets; null when the link is not, or no longer, good.</returns>
    public async Task<string?> OwnerAsync(string? userId, string? token)
    {
        await using var scope = scopes.CreateAsyncScope();
        return (await OwnerAsync(Users(scope), userId, token))?.Email;
    }

    /// <summary>Sets the password and ends every session of the person.</summary>
    /// <returns>What is wrong with the password; null when the link is not good.</returns>
    public async Task<IReadOnlyList<IdentityError>?> UseAsync(string? userId, string? token, string password)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = Users(scope);
        if (await OwnerAsync(users, userId, token) is not { } user)
            return null;
        scope
            .ServiceProvider.GetRequiredService<Audit>()
            .Add(
                scope.ServiceProvider.GetRequiredService<AppDb>(),
                new Actor(user.Id, user.DisplayName, user.Role),
                "People.PasswordSet",
                user.DisplayName
            );
        // Whoever has the link need not wait for the end of a lock that wrong passwords made.
        (user.LockoutEnd, user.AccessFailedCount) = (null, 0);
        return [.. (await users.ResetPasswordAsync(user, token!, password)).Errors];
    }

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
