using KlaviyoExport.Connections;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Web.Security.Providers;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// Lets an administrator prove again who they are and become the export user of a connection. A session alone is not enough: a person
/// who finds an unattended screen has the session, but not the password. The session itself does not change.
/// </summary>
internal sealed class FreshSignIns(
    UserManager<AppUser> users,
    Proofs proofs,
    PasskeySignIn passkeys,
    ConnectionDrafts drafts,
    ConnectionService connections,
    SignInProviders providers,
    FreshSignInTickets tickets,
    IOptions<LocalAccountsOptions> local,
    TimeProvider clock
)
{
    /// <returns>The display name of the connection, and the ways in which the person can sign in again.</returns>
    /// <exception cref="LocalizedException">
    /// The connection no longer exists, the draft belongs to another person, or the person is not an administrator.
    /// </exception>
    public async Task<FreshSignInWays> LookAsync(Actor actor, ExportUserPlace place, CancellationToken cancellationToken)
    {
        var name = place.IsDraft
            ? (await drafts.GetAsync(actor, place.Id, cancellationToken)).Name
            : (await connections.GetAsync(actor, place.Id, cancellationToken)).Name;
        var user = await FindAsync(actor);
        var isLinked = (await users.GetLoginsAsync(user)).Count > 0;
        var hasPassword = local.Value.Enabled && await users.HasPasswordAsync(user);
        return new(
            name,
            hasPassword,
            hasPassword && user.TwoFactorEnabled,
            local.Value.Enabled && (await users.GetPasskeysAsync(user)).Count > 0,
            isLinked
                ? [.. providers.Select(provider => new ProviderLink(provider.DisplayName, tickets.LinkFor(provider, actor.Id, place)))]
                : []
        );
    }

    /// <summary>Makes the person the export user if the password is right, and the code where the person has an authenticator app.</summary>
    /// <exception cref="LocalizedException">
    /// The password or the code is wrong, there were too many wrong attempts, or the person has no password here. The export user does not
    /// change.
    /// </exception>
    public async Task ByPasswordAsync(
        Actor actor,
        ExportUserPlace place,
        string password,
        string? code,
        CancellationToken cancellationToken
    )
    {
        ManageConnections.Rule.Demand(actor);
        var user = await FindAsync(actor);
        if (!local.Value.Enabled || !await users.HasPasswordAsync(user))
            throw new LocalizedException(new LocalizedMessage("People.NoPassword"));
        (await proofs.PasswordAsync(user.Email!, user, password)).Demand("People.PasswordWrong");
        if (user.TwoFactorEnabled)
            (await proofs.CodeAsync(user, code ?? "")).Demand("People.CodeWrong");
        await AddAsync(actor, place, clock.GetUtcNow(), cancellationToken);
    }

    /// <summary>Makes the person the export user if the answer proves that one of the person's passkeys was used just now.</summary>
    /// <exception cref="LocalizedException">It does not prove that. The export user does not change.</exception>
    public async Task ByPasskeyAsync(Actor actor, ExportUserPlace place, string? credential, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        if (!await passkeys.IsOfAsync(actor.Id, credential))
            throw new LocalizedException(new LocalizedMessage("People.PasskeyWrong"));
        await AddAsync(actor, place, clock.GetUtcNow(), cancellationToken);
    }

    /// <summary>Makes the person the export user after a sign-in at the identity provider.</summary>
    /// <param name="at">When the person last authenticated at the provider. Null when the provider does not say.</param>
    /// <exception cref="LocalizedException">
    /// The time is unknown, too long ago (the provider reused an older sign-in) or in the future.
    /// </exception>
    public Task ByProviderAsync(Actor actor, ExportUserPlace place, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        var now = clock.GetUtcNow();
        if (at is not { } proven || proven < now - FreshSignIn.Lifetime || proven > now + ProviderFlow.Skew)
            throw new LocalizedException(new LocalizedMessage("People.NotAnew"));
        return AddAsync(actor, place, now, cancellationToken);
    }

    private Task AddAsync(Actor actor, ExportUserPlace place, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var proof = new FreshSignIn(actor.Id, at);
        return place.IsDraft
            ? drafts.AddExportUserAsync(actor, place.Id, proof, cancellationToken)
            : connections.TakeOverAsync(actor, place.Id, proof, cancellationToken);
    }

    private async Task<AppUser> FindAsync(Actor actor) => await users.FindByIdAsync(actor.Id) ?? throw new SessionEndedException();
}

/// <summary>The ways in which a person can sign in again to become the export user of a connection.</summary>
/// <param name="Connection">The display name of the connection.</param>
/// <param name="HasPassword">Whether the person can sign in with a password.</param>
/// <param name="NeedsCode">Whether the password needs a code of the authenticator app as well.</param>
/// <param name="HasPasskey">Whether the person can sign in with a passkey.</param>
/// <param name="Providers">The identity providers. Empty when the account is not linked to one.</param>
internal sealed record FreshSignInWays(
    string Connection,
    bool HasPassword,
    bool NeedsCode,
    bool HasPasskey,
    IReadOnlyList<ProviderLink> Providers
);

/// <summary>A link that signs a person in again at an identity provider.</summary>
/// <param name="Name">The display name of the provider.</param>
internal sealed record ProviderLink(string Name, string Address);
