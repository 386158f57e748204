using System.Security.Cryptography;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>Reads the Klaviyo lists of a connection's account, for people who build exports on it.</summary>
public sealed class AccountLists(
    IDbContextFactory<AppDb> stores,
    ConnectionCredentials credentials,
    KlaviyoClient klaviyo,
    ConnectionHealth health
)
{
    /// <summary>Returns all lists, ordered by name.</summary>
    /// <exception cref="LocalizedException">The stored key cannot be decrypted, or Klaviyo refused the request or cannot be
    /// reached.</exception>
    public Task<IReadOnlyList<KlaviyoList>> AllAsync(Actor actor, int connectionId, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<KlaviyoList>>(
            actor,
            connectionId,
            async credential =>
            {
                var lists = new List<KlaviyoList>();
                await foreach (var list in klaviyo.GetListsAsync(credential, cancellationToken))
                    lists.Add(list);
                return lists;
            },
            cancellationToken
        );

    /// <summary>Returns one list.</summary>
    /// <exception cref="LocalizedException">The account has no such list, or Klaviyo refused the request or cannot be
    /// reached.</exception>
    public Task<KlaviyoList> OneAsync(Actor actor, int connectionId, string listId, CancellationToken cancellationToken) =>
        OneAsync(actor, connectionId, listId, withProfileCount: false, cancellationToken);

    /// <summary>Returns one list with its size. Klaviyo allows one such call per second, so use it for a chosen list only.</summary>
    /// <exception cref="LocalizedException">As <see cref="OneAsync(Actor, int, string, CancellationToken)"/>.</exception>
    public Task<KlaviyoList> SizedAsync(Actor actor, int connectionId, string listId, CancellationToken cancellationToken) =>
        OneAsync(actor, connectionId, listId, withProfileCount: true, cancellationToken);

    private Task<KlaviyoList> OneAsync(
        Actor actor,
        int connectionId,
        string listId,
        bool withProfileCount,
        CancellationToken cancellationToken
    ) =>
        AskAsync(
            actor,
            connectionId,
            async credential =>
            {
                var answer = await klaviyo.GetListAsync(credential, listId, withProfileCount, cancellationToken);
                if (answer.Succeeded)
                    return answer.Value;
                // A missing list does not affect the health of the connection.
                throw answer.Refusal.Kind == KlaviyoRefusalKind.NotFound
                    ? new ListMissingException(KlaviyoMessages.ForList(answer.Refusal, listId))
                    : new KlaviyoRefusedException(answer.Refusal);
            },
            cancellationToken
        );

    private async Task<T> AskAsync<T>(
        Actor actor,
        int connectionId,
        Func<KlaviyoCredential, Task<T>> ask,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var connection =
            await db.Set<Connection>()
                .AsNoTracking()
                .Include(connection => connection.Shares)
                .SingleOrDefaultAsync(connection => connection.Id == connectionId, cancellationToken)
            ?? throw new ConnectionGoneException();
        EditExports.Rule.Demand(actor, connection.IsSharedWith(actor.Id));
        try
        {
            var answer = await ask(credentials.Of(connection));
            await health.WorkedAsync(connectionId, cancellationToken);
            return answer;
        }
        catch (KlaviyoRefusedException refused)
        {
            throw await FailedAsync(connectionId, KlaviyoMessages.For(refused.Refusal), cancellationToken);
        }
        catch (KlaviyoUnavailableException outage)
        {
            throw await FailedAsync(connectionId, KlaviyoMessages.For(outage), cancellationToken, ConnectionErrorKind.Passing);
        }
        catch (CryptographicException)
        {
            throw await FailedAsync(connectionId, new LocalizedMessage("Connections.KeyUnreadable", connection.Name), cancellationToken);
        }
    }

    private async Task<LocalizedException> FailedAsync(
        int connectionId,
        LocalizedMessage why,
        CancellationToken cancellationToken,
        ConnectionErrorKind kind = ConnectionErrorKind.Lasting
    )
    {
        await health.FailedAsync(connectionId, why, kind, lacksExportUser: false, cancellationToken);
        return new LocalizedException(why);
    }
}
