using System.Security.Cryptography;
using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Overview.Lookup;

/// <summary>
/// Asks Klaviyo about a person: two calls for each list, and one for each connection and address. After a fault, a connection is not asked
/// again. One instance serves one look-up.
/// </summary>
internal sealed class KlaviyoLookup(KlaviyoClient klaviyo, ConnectionCredentials credentials, TimeProvider clock)
{
    // A person waits for the page. The client itself would go on for minutes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Dictionary<int, LocalizedMessage> _faults = [];
    private readonly Dictionary<(int Connection, string Address), EmailConsent?> _consents = [];
    private readonly Dictionary<(int Connection, string List, string Address), ListMember?> _members = [];

    public async Task<PersonInKlaviyo> AskAsync(Export export, string? address, CancellationToken cancellationToken)
    {
        if (export.Connection is not { } connection || address is null)
            return PersonInKlaviyo.NotAsked;
        if (_faults.TryGetValue(connection.Id, out var known))
            return Unanswered(known);
        using var late = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var credential = credentials.Of(connection);
            var member = await MemberAsync(connection.Id, credential, export.ListId, address, either.Token);
            var consent = await ConsentAsync(connection.Id, credential, address, either.Token);
            return new PersonInKlaviyo(true, null, member is not null, member?.Joined, consent);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Unanswered(_faults[connection.Id] = new LocalizedMessage("Klaviyo.OutageTimedOut"));
        }
        catch (Exception fault)
            when (fault is KlaviyoUnavailableException or KlaviyoRefusedException or LocalizedException or CryptographicException)
        {
            // A missing list is a fault of this export only.
            var why = RunFault.Of(fault, export.ListId).Outcome.Message;
            if (fault is not KlaviyoRefusedException { Refusal.IsListMissing: true })
                _faults[connection.Id] = why;
            return Unanswered(why);
        }
    }

    private async Task<ListMember?> MemberAsync(
        int connectionId,
        KlaviyoCredential credential,
        string listId,
        string address,
        CancellationToken cancellationToken
    )
    {
        var key = (connectionId, listId, address);
        if (_members.TryGetValue(key, out var known))
            return known;
        var found = (await klaviyo.FindListMembersAsync(credential, listId, [address], cancellationToken)).ValueOrThrow();
        return _members[key] = found is [var member, ..] ? member : null;
    }

    private async Task<EmailConsent?> ConsentAsync(
        int connectionId,
        KlaviyoCredential credential,
        string address,
        CancellationToken cancellationToken
    )
    {
        var key = (connectionId, address);
        if (!_consents.TryGetValue(key, out var known))
            _consents[key] = known = (await klaviyo.FindConsentAsync(credential, address, cancellationToken)).ValueOrThrow();
        return known;
    }

    private static PersonInKlaviyo Unanswered(LocalizedMessage why) => new(true, why, null, null, null);
}
