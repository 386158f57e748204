using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Web.Hosting;
using KlaviyoExport.Web.Security;
using KlaviyoExport.Web.Security.Providers;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Setup;

/// <summary>
/// Creates the first administrator. When the application starts without any account, it prints a link on the console that works once.
/// Only a hash of the link's token is kept, and only in memory, so each start prints a new link.
/// </summary>
internal sealed class FirstAdministrator(
    IDbContextFactory<AppDb> stores,
    IServiceScopeFactory scopes,
    IHttpContextAccessor requests,
    IOptions<LocalAccountsOptions> local,
    IOptions<RoleMapping> roles
) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private byte[]? _tokenHash;

    /// <summary>
    /// Returns whether the first administrator has yet to be created. All other requests are rejected until then. Another server or the
    /// command add-administrator may have created one, which ends the link of this server.
    /// </summary>
    public async Task<bool> IsAwaitedAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _tokenHash) is null)
            return false;
        try
        {
            await using var db = await stores.CreateDbContextAsync(cancellationToken);
            if (!await db.Set<AppUser>().AnyAsync(cancellationToken))
                return true;
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault))
        {
            return true;
        }
        Volatile.Write(ref _tokenHash, null);
        return false;
    }

    /// <summary>Makes the token for the link if there are no accounts yet.</summary>
    /// <returns>
    /// The token. Null when accounts exist, and when local accounts are turned off and an administrator can sign in with the identity
    /// provider.
    /// </returns>
    /// <exception cref="StartFaultException">Local accounts are turned off, and no administrator could sign in.</exception>
    public async Task<string?> OpenAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        if (!local.Value.Enabled)
        {
            return
                roles.Value.Gives(Role.Administrator)
                || await db.Set<AppUser>()
                    .Administrators()
                    .AnyAsync(user => db.Set<IdentityUserLogin<string>>().Any(login => login.UserId == user.Id), cancellationToken)
                ? null
                : throw new StartFaultException(
                    "LocalAccounts:Enabled is false, so nobody could sign in as administrator. Set Roles:Administrator, or let an "
                        + "administrator sign in with the identity provider once before."
                );
        }
        if (await db.Set<AppUser>().AnyAsync(cancellationToken))
            return null;
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        Volatile.Write(ref _tokenHash, Hash(token));
        return token;
    }

    /// <summary>Returns whether a link with this token can create the first administrator.</summary>
    public async Task<bool> AcceptsAsync(string token, CancellationToken cancellationToken) =>
        Volatile.Read(ref _tokenHash) is { } expected
        && CryptographicOperations.FixedTimeEquals(expected, Hash(token))
        && await IsAwaitedAsync(cancellationToken);

    /// <summary>Creates the account. The link stays valid if this fails, for example because the password is too short.</summary>
    /// <returns>The account, or the errors. The account is null and the errors are empty when the link is not or no longer valid.</returns>
    public async Task<(AppUser? User, IReadOnlyList<IdentityError> Errors)> CreateAsync(
        string token,
        string displayName,
        string email,
        string password
    )
    {
        await _one.WaitAsync();
        try
        {
            if (!await AcceptsAsync(token, CancellationToken.None))
                return (null, []);
            await using var scope = scopes.CreateAsyncScope();
            var user = new AppUser
            {
                UserName = email,
                Email = email,
                DisplayName = displayName,
                Role = Role.Administrator,
            };
            // Saved together with the account, so that no account exists without its audit entry.
            var db = scope.ServiceProvider.GetRequiredService<AppDb>();
            var actor = new Actor(user.Id, displayName, Role.Administrator) { From = RequestAddress.Of(requests.HttpContext) };
            scope.ServiceProvider.GetRequiredService<Audit>().Add(db, actor, "People.FirstAdministratorCreated", displayName);
            var result = await scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>().CreateAsync(user, password);
            if (!result.Succeeded)
                return (null, [.. result.Errors]);
            Volatile.Write(ref _tokenHash, null);
            return (user, []);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
