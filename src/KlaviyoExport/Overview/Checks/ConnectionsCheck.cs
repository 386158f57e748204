using System.Security.Cryptography;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Secrets;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview.Checks;

/// <summary>
/// Checks each connection at Klaviyo: its key, its scopes, the lists of its exports, and its export user. Changes nothing there.
/// </summary>
internal sealed class ConnectionsCheck(IDbContextFactory<AppDb> stores, ConnectionCredentials credentials, KlaviyoClient klaviyo)
{
    private const string Area = "connection";

    public async IAsyncEnumerable<Finding> RunAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        // A running server has the practice Klaviyo open, so that this process cannot ask it.
        var connections = await db.Set<Connection>()
            .AsNoTracking()
            .Where(known => !known.IsPractice)
            .OrderBy(known => known.Name)
            .ToListAsync(cancellationToken);
        var exports = await db.Set<Export>().AsNoTracking().Where(known => known.ConnectionId != null).ToListAsync(cancellationToken);
        var administrators = await db.Set<AppUser>().Administrators().Select(user => user.Id).ToListAsync(cancellationToken);
        foreach (var connection in connections)
        {
            if (connection.ExportUserId is null || !administrators.Contains(connection.ExportUserId))
                yield return Finding.Fault(
                    Area,
                    connection.Name,
                    connection.ExportUserName is { } name
                        ? $"Its export user, {name}, is no administrator any more."
                        : "It has no export user.",
                    "An administrator must open the connection, choose Edit, and become its export user."
                );
            var faults = await AskAsync(connection, [.. exports.Where(export => export.ConnectionId == connection.Id)], cancellationToken);
            foreach (var fault in faults)
                yield return fault;
            if (faults.Count == 0)
                yield return Finding.Ok(Area, connection.Name, "Klaviyo accepts its key; scopes and lists are there.");
        }
    }

    private async Task<IReadOnlyList<Finding>> AskAsync(
        Connection connection,
        IReadOnlyList<Export> exports,
        CancellationToken cancellationToken
    )
    {
        const string replace = "Replace its key under Connections > Edit.";
        try
        {
            var credential = credentials.Of(connection);
            var account = await klaviyo.GetAccountAsync(credential, cancellationToken);
            if (!account.Succeeded)
                return [Fault(KlaviyoMessages.For(account.Refusal).ToString(), replace)];
            if (account.Value.Id != connection.AccountId)
                return [Fault($"Its key belongs to the account {account.Value.Id}, not to {connection.AccountId}.", replace)];
            var missing = await klaviyo.GetMissingScopesAsync(credential, cancellationToken);
            if (missing.Count > 0)
                return
                [
                    Fault(
                        $"Its key lacks the scopes {string.Join(", ", missing)}.",
                        "Create a key with all scopes in Klaviyo, and replace it under Connections > Edit."
                    ),
                ];
            var faults = new List<Finding>();
            foreach (var list in exports.GroupBy(export => export.ListId))
                if (
                    await klaviyo.GetListAsync(credential, list.Key, withProfileCount: false, cancellationToken) is
                    { Succeeded: false } answer
                )
                    faults.Add(
                        Fault(
                            $"{KlaviyoMessages.ForList(answer.Refusal, list.Key)} (exports: {string.Join(", ", list.Select(export => export.Name))})",
                            "Choose another list in the form of each export."
                        )
                    );
            return faults;
        }
        catch (KlaviyoRefusedException refused)
        {
            return [Fault(KlaviyoMessages.For(refused.Refusal).ToString(), replace)];
        }
        catch (KlaviyoUnavailableException outage)
        {
            return
            [
                Fault(
                    KlaviyoMessages.For(outage).ToString(),
                    "Check that this machine reaches Klaviyo:BaseUrl over its network, proxy and firewall."
                ),
            ];
        }
        catch (CryptographicException)
        {
            return [Fault("Its key cannot be decrypted.", "See the finding about the encryption keys.")];
        }
        catch (Exception fault) when (fault is SecretException or SecretUnavailableException)
        {
            return
            [
                Fault(
                    ((LocalizedException)fault).LocalizedMessage.ToString(),
                    "Correct the secret where it is kept, or choose another place under Connections > Edit."
                ),
            ];
        }
        catch (LocalizedException fault)
        {
            return [Fault(fault.LocalizedMessage.ToString(), replace)];
        }

        Finding Fault(string message, string cure) => Finding.Fault(Area, connection.Name, message, cure);
    }
}
