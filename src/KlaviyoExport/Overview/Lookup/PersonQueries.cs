using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Lists.Traces;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview.Lookup;

/// <summary>
/// Tells why a person is or is not on the lists of the exports. It reads the sources and asks Klaviyo, so it can take many seconds. Of the
/// person, it stores and logs nothing.
/// </summary>
public sealed class PersonQueries
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly PersonSearch _search;
    private readonly TraceReader _traces;
    private readonly SecretProtector _secrets;
    private readonly KlaviyoClient _klaviyo;
    private readonly ConnectionCredentials _credentials;
    private readonly Audit _audit;
    private readonly TimeProvider _clock;

    internal PersonQueries(
        IDbContextFactory<AppDb> stores,
        PersonSearch search,
        TraceReader traces,
        SecretProtector secrets,
        KlaviyoClient klaviyo,
        ConnectionCredentials credentials,
        Audit audit,
        TimeProvider clock
    )
    {
        (_stores, _search, _traces, _secrets) = (stores, search, traces, secrets);
        (_klaviyo, _credentials, _audit, _clock) = (klaviyo, credentials, audit, clock);
    }

    /// <summary>Looks a person up in all exports whose addresses the actor may see, by name of the export.</summary>
    /// <param name="actor">The person who asks.</param>
    /// <param name="text">An email address, or the key of a profile.</param>
    /// <param name="cancellationToken">Cancels the look-up.</param>
    /// <exception cref="NotAllowedException">The actor may see no addresses.</exception>
    public async Task<IReadOnlyList<PersonAtExport>> FindAsync(Actor actor, string text, CancellationToken cancellationToken)
    {
        SeeRejectedEmails.Rule.Demand(actor, shared: true);
        text = text.Trim();
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        // Before anything is read. The entry does not say whom.
        _audit.Add(db, actor, "Lists.PersonLookedUp");
        await db.SaveChangesAsync(cancellationToken);
        var access = await ExportAccess.ReadAsync(db, actor, cancellationToken);
        var exports = (
            await db.Set<Export>()
                .AsNoTracking()
                .AsSplitQuery()
                .Include(export => export.Source)
                .Include(export => export.Segments)
                .Include(export => export.ExcludedSegments)
                .Include(export => export.Connection)
                .OrderBy(export => export.Name)
                .ToListAsync(cancellationToken)
        ).FindAll(export => access.To(export.ConnectionId).MaySeeEmails);
        var found = (await _search.FindAsync(text, exports, cancellationToken)).ToDictionary(one => one.Export.Id);
        var klaviyo = new KlaviyoLookup(_klaviyo, _credentials, _clock);
        var answers = new List<PersonAtExport>(exports.Count);
        var open = exports.Select(export => export.Id).ToHashSet();
        foreach (var export in exports)
            answers.Add(await AnswerAsync(db, found[export.Id], open, text, klaviyo, cancellationToken));
        return answers;
    }

    private async Task<PersonAtExport> AnswerAsync(
        AppDb db,
        PersonInSource found,
        IReadOnlySet<int> open,
        string text,
        KlaviyoLookup klaviyo,
        CancellationToken cancellationToken
    )
    {
        var export = found.Export;
        var profile = PersonAtExport.Chosen(found.Profiles);
        var address = await AddressAsync(db, export, profile, text, cancellationToken);
        var person = new SoughtPerson(address);
        person.Add(export.SourceId, text);
        foreach (var one in found.Profiles)
            person.Add(export.SourceId, one.Key);

        var sharing = await SharingAsync(db, export, cancellationToken);
        var last = await RunTraces.LastAsync(db, export.Id, cancellationToken);
        var ids = last.ConvertAll(run => run.Id);
        var traces = await _traces.ReadAsync(
            db,
            person,
            db.Set<Run>().Where(run => ids.Contains(run.Id)),
            sharing.ConvertAll(other => other.Id),
            cancellationToken
        );
        var own = traces.Memberships.FirstOrDefault(row => row.ExportId == export.Id);
        var runs = await RunTraces.ReadAsync(db, last, traces, own, cancellationToken);
        var answer = await klaviyo.AskAsync(export, address, cancellationToken);
        var unstored = await UnstoredDeliveries.ReadAsync(db, traces.Memberships, export.ListId, cancellationToken);
        var membership = PersonMemberships.Of(own, traces.Memberships, sharing, open, unstored, answer.Joined);
        return new PersonAtExport(
            export.Id,
            export.Name,
            export.ListName,
            export.SyncMode,
            address,
            found.Fault,
            found.Profiles,
            runs,
            membership,
            answer,
            Conclusions.Of(export, found.Fault, profile, runs, membership, answer)
        );
    }

    /// <summary>All exports to the list of an export, the export itself included.</summary>
    private static async Task<List<ExportName>> SharingAsync(AppDb db, Export export, CancellationToken cancellationToken) =>
        export.Connection is { } connection
            ? await ExportsToList.ReadAsync(db, connection.AccountId, export.ListId, null, cancellationToken)
            : [new ExportName(export.Id, export.Name)];

    /// <summary>
    /// The address by which the export knows the person: from the source, from the text, or from what earlier runs have stored for a key
    /// that is not in the source any more.
    /// </summary>
    private async Task<string?> AddressAsync(
        AppDb db,
        Export export,
        FoundProfile? profile,
        string text,
        CancellationToken cancellationToken
    )
    {
        if (profile is not null)
            return profile.Address;
        if (EmailAddress.TryNormalize(text, out var address))
            return address;
        var stored = await db.Set<Rejection>()
            .Where(row => row.ProfileKey == text && row.Email != null)
            .Where(row => db.Set<Run>().Any(run => run.Id == row.RunId && run.ExportId == export.Id))
            .OrderByDescending(row => row.Id)
            .Select(row => row.Email)
            .FirstOrDefaultAsync(cancellationToken);
        return stored is not null && EmailAddress.TryNormalize(_secrets.UnprotectEmail(stored), out address) ? address : null;
    }
}
