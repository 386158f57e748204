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
    SignInManager<AppUser> signIn,
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
        return new(
            name,
            local.Value.Enabled && await users.HasPasswordAsync(user),
            isLinked
                ? [.. providers.Select(provider => new ProviderLink(provider.DisplayName, tickets.LinkFor(provider, actor.Id, place)))]
                : []
        );
    }

    /// <summary>Makes the person the export user if the password is right.</summary>
    /// <exception cref="LocalizedException">
    /// The password is wrong, the account is locked after too many wrong passwords, or the person has no password here. The export user
    /// does not change.
    /// </exception>
    public async Task ByPasswordAsync(Actor actor, ExportUserPlace place, string password, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        var user = await FindAsync(actor);
        if (!local.Value.Enabled || !await users.HasPasswordAsync(user))
            throw new LocalizedException(new LocalizedMessage("People.NoPassword"));
        var result = await signIn.CheckPasswordSignInAsync(user, password, lockoutOnFailure: true);
        if (!result.Succeeded)
            throw new LocalizedException(new LocalizedMessage(result.IsLockedOut ? "People.LockedOut" : "People.PasswordWrong"));
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
/// <param name="Providers">The identity providers. Empty when the account is not linked to one.</param>
internal sealed record FreshSignInWays(string Connection, bool HasPassword, IReadOnlyList<ProviderLink> Providers);

/// <summary>A link that signs a person in again at an identity provider.</summary>
/// <param name="Name">The display name of the provider.</param>
internal sealed record ProviderLink(string Name, string Address);
