using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.SignIns;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// The store of ASP.NET Core Identity, with the key of the authenticator app encrypted and the recovery codes hashed. Identity's own store
/// keeps both as they are.
/// </summary>
internal sealed class PersonStore(
    AppDb db,
    SecretProtector secrets,
    IOptions<PasswordHasherOptions> hashing,
    IdentityErrorDescriber describer
)
    : UserOnlyStore<
        AppUser,
        AppDb,
        string,
        IdentityUserClaim<string>,
        IdentityUserLogin<string>,
        IdentityUserToken<string>,
        IdentityUserPasskey<string>
    >(db, describer)
{
    public override async Task<string?> GetAuthenticatorKeyAsync(AppUser user, CancellationToken cancellationToken) =>
        (await FindAsync(user, cancellationToken))?.AuthenticatorKey is { } key ? secrets.UnprotectCredential(key) : null;

    public override async Task SetAuthenticatorKeyAsync(AppUser user, string key, CancellationToken cancellationToken) =>
        Change(await FindOrAddAsync(user, cancellationToken)).AuthenticatorKey = secrets.ProtectCredential(key);

    public override async Task ReplaceCodesAsync(AppUser user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken) =>
        Change(await FindOrAddAsync(user, cancellationToken)).RecoveryCodes = RecoveryCodeHashes
            .Of(recoveryCodes, hashing.Value.IterationCount)
            .ToString();

    public override async Task<bool> RedeemCodeAsync(AppUser user, string code, CancellationToken cancellationToken)
    {
        if (await FindAsync(user, cancellationToken) is not { } factor)
            return false;
        if (RecoveryCodeHashes.Parse(factor.RecoveryCodes).Without(code) is not { } left)
            return false;
        Change(factor).RecoveryCodes = left.ToString();
        return true;
    }

    public override async Task<int> CountCodesAsync(AppUser user, CancellationToken cancellationToken) =>
        RecoveryCodeHashes.Parse((await FindAsync(user, cancellationToken))?.RecoveryCodes ?? "").Count;

    /// <summary>Keeps that a code of the app was used.</summary>
    /// <returns>False when it was used before.</returns>
    public async Task<bool> UseCodeAsync(AppUser user, string code, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The provider of Identity accepts a code for at most two and a half minutes before and after its own.
        if (
            await FindAsync(user, cancellationToken) is not { } factor
            || (factor.LastCode == Hash(code)[..10] && factor.LastCodeAt > now.AddMinutes(-6))
        )
            return false;
        (Change(factor).LastCode, factor.LastCodeAt) = (Hash(code)[..10], now);
        try
        {
            await Context.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }

    /// <summary>Removes the authenticator app and its recovery codes. The caller saves.</summary>
    public async Task RemoveSecondFactorAsync(AppUser user, CancellationToken cancellationToken)
    {
        if (await FindAsync(user, cancellationToken) is { } factor)
            Context.Remove(factor);
    }

    private static SecondFactor Change(SecondFactor factor)
    {
        factor.Stamp = Guid.NewGuid();
        return factor;
    }

    private static string Hash(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code)).AsSpan(0, 20));

    private async Task<SecondFactor?> FindAsync(AppUser user, CancellationToken cancellationToken) =>
        await Context.Set<SecondFactor>().FindAsync([user.Id], cancellationToken);

    private async Task<SecondFactor> FindOrAddAsync(AppUser user, CancellationToken cancellationToken) =>
        await FindAsync(user, cancellationToken) ?? Context.Add(new SecondFactor { UserId = user.Id }).Entity;
}
