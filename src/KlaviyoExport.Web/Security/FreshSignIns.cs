using KlaviyoExport.Connections;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Web.Security.Providers;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// An administrator proves anew who they are and becomes the export user of a connection. The session stays as it is: whoever finds an
/// unattended screen has a session, but not the password.
/// </summary>
internal sealed class FreshSignIns(
    UserManager<AppUser> users,
    SignInManager<AppUser> signIn,
    ConnectionDrafts drafts,
    ConnectionService connections,
    SignInProviders providers,
    AnewTickets tickets,
    IOptions<LocalAccountsOptions> local,
    TimeProvider clock
)
{
    /// <returns>The display name of the connection, and the ways in which the person can sign in anew.</returns>
    /// <exception cref="LocalizedException">It is gone, another person's draft, or the person is no administrator.</exception>
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

    /// <exception cref="LocalizedException">The password is wrong, or was too often; the connection has no new export user.</exception>
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

    /// <param name="at">When the person showed the provider who they are, as the provider says; null where it does not.</param>
    /// <exception cref="LocalizedException">That is too long ago: the provider let an older sign-in count.</exception>
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

/// <param name="Connection">Its display name.</param>
/// <param name="HasPassword">Whether the person has one here.</param>
/// <param name="Providers">Where the person signs in anew; empty for people no provider knows.</param>
internal sealed record FreshSignInWays(string Connection, bool HasPassword, IReadOnlyList<ProviderLink> Providers);

/// <param name="Name">The provider's, for people.</param>
internal sealed record ProviderLink(string Name, string Address);
