using KlaviyoExport.Alerts;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.AspNetCore.Identity;

namespace KlaviyoExport.Web.Security;

/// <summary>Removes the second factor of a person who has lost it.</summary>
internal sealed class SecondFactorResets(IServiceScopeFactory scopes, Audit audit, AccountMails mails)
{
    /// <summary>Removes the app and the passkeys of a person, and ends the person's sessions. The password stays.</summary>
    /// <exception cref="LocalizedException">The person does not exist, or the actor may not manage people.</exception>
    public async Task ResetAsync(Actor actor, string userId)
    {
        ManagePeople.Rule.Demand(actor);
        // A page lives longer than what the store of Identity has read.
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var user = await users.FindByIdAsync(userId) ?? throw new GoneException(new LocalizedMessage("People.Gone"));
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        audit.Add(db, actor, "People.SecondFactorReset", user.DisplayName);
        mails.Add(db, user.Id, OutboxLetter.SecondFactorReset);
        foreach (var passkey in await users.GetPasskeysAsync(user))
            await users.RemovePasskeyAsync(user, passkey.CredentialId);
        await scope.ServiceProvider.GetRequiredService<PersonStore>().RemoveSecondFactorAsync(user, CancellationToken.None);
        // This also gives the person a new security stamp.
        await users.SetTwoFactorEnabledAsync(user, false);
    }
}
