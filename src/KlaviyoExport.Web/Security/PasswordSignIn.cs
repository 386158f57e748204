using KlaviyoExport.People;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>Signs a person in with email address and password, and with the code of an authenticator app if the account has one.</summary>
internal sealed class PasswordSignIn(SessionSignIn signIn, UserManager<AppUser> users, Proofs proofs, IOptions<LocalAccountsOptions> local)
{
    /// <param name="code">A code of the app, which the form asks for when the account is held. Null or empty if none was entered.</param>
    public async Task<SignInAnswer> SignInAsync(string email, string password, string? code)
    {
        if (!local.Value.Enabled)
            return SignInAnswer.Wrong;
        var user = await users.FindByEmailAsync(email);
        if (!string.IsNullOrWhiteSpace(code) && await proofs.IsHeldAsync(email))
            return await BeginAsync(user, await proofs.BothAsync(email, user, password, code), SignInAnswer.Held);
        var known = await proofs.PasswordAsync(email, user, password);
        if (known.Way is null || !user!.TwoFactorEnabled)
            return await BeginAsync(user, known, SignInAnswer.Wrong);
        await signIn.AskForCodeAsync(user);
        return SignInAnswer.CodeNeeded;
    }

    /// <summary>Returns whether the person in this browser has just entered the correct password, and a code is needed now.</summary>
    public async Task<bool> IsCodeNeededAsync() => local.Value.Enabled && await signIn.GetTwoFactorAuthenticationUserAsync() is not null;

    /// <summary>Ends the sign-in with a code of the app or a recovery code.</summary>
    public async Task<SignInAnswer> CodeAsync(string code) =>
        local.Value.Enabled && await signIn.GetTwoFactorAuthenticationUserAsync() is { } user
            ? await BeginAsync(user, await proofs.CodeAsync(user, code), SignInAnswer.Wrong)
            : SignInAnswer.Expired;

    private async Task<SignInAnswer> BeginAsync(AppUser? user, ProofResult proof, SignInAnswer wrong)
    {
        if (proof.Way is not { } way)
            return proof.IsHeld ? SignInAnswer.Held : wrong;
        await signIn.BeginAsync(user!, way);
        return SignInAnswer.Done;
    }
}

/// <summary>What the sign-in page does next.</summary>
internal enum SignInAnswer
{
    Done,

    /// <summary>The password is correct, and the account has an authenticator app.</summary>
    CodeNeeded,

    Wrong,

    /// <summary>There were too many wrong attempts.</summary>
    Held,

    /// <summary>The correct password was entered too long ago.</summary>
    Expired,
}
