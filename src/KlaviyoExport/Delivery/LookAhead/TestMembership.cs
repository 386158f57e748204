using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery.LookAhead;

/// <summary>
/// Stores that a test profile was put on the list, as for a profile of a run: so a mirror export takes the person off again when the person
/// leaves the segments.
/// </summary>
internal sealed class TestMembership(IDbContextFactory<AppDb> stores, EmailHashes keys, KlaviyoTime klaviyoTime, Audit audit)
{
    /// <summary>
    /// Stores, before the profile is sent, that it may be on the list, and adds an entry to the audit. A run that starts later knows the
    /// person.
    /// </summary>
    /// <exception cref="LocalizedException">A run of the export is in progress.</exception>
    public async Task<AnnouncedTest> AnnounceAsync(Actor actor, DraftedExport drafted, BatchRow row, CancellationToken cancellationToken)
    {
        var addresses = await keys.LoadAllAsync(cancellationToken);
        try
        {
            var export = drafted.Export;
            var hash = addresses.Hasher.Hash(row.Email).ToArray();
            await using var db = await stores.CreateDbContextAsync(cancellationToken);
            await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
            if (await db.Set<Run>().AnyAsync(run => run.ActiveExportId == export.Id, cancellationToken))
                throw new LocalizedException(new LocalizedMessage("Exports.IsRunning", export.Name));
            var isNew = !await db.Set<Membership>()
                .AnyAsync(known => known.ExportId == export.Id && known.EmailHash == hash, cancellationToken);
            var now = klaviyoTime.GetUtcNow();
            var announced = new AnnouncedTest(stores, addresses, drafted, row, isNew);
            if (isNew)
                await announced.AnnounceAsync(db, new DeliveryWindow(now, now + DeliveryWindow.Longest), cancellationToken);
            audit.Add(
                db,
                actor,
                "Exports.TestProfileSent",
                export.Name,
                export.Id,
                new LocalizedMessage("Exports.TestProfileTo", export.ListName)
            );
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return announced;
        }
        catch
        {
            addresses.Dispose();
            throw;
        }
    }
}

/// <summary>A test profile that is stored as being on its way.</summary>
internal sealed class AnnouncedTest(IDbContextFactory<AppDb> stores, AddressKeys addresses, DraftedExport drafted, BatchRow row, bool isNew)
    : IDisposable
{
    /// <summary>Stores that Klaviyo has accepted the profile.</summary>
    /// <param name="sent">The profile, without the values that Klaviyo refused.</param>
    /// <param name="window">When Klaviyo added it to the list.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task DeliveredAsync(BatchRow sent, DeliveryWindow window, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // The announcement does not know the time of the delivery, and the first delivery of a stored row is not replaced.
        if (isNew)
            await Announced(db).ExecuteDeleteAsync(cancellationToken);
        await WriteAsync(db, sent, window, true, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Takes the announcement back, because Klaviyo has not imported the profile.</summary>
    public async Task WithdrawAsync(CancellationToken cancellationToken)
    {
        if (!isNew)
            return;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await Announced(db).ExecuteDeleteAsync(cancellationToken);
    }

    public Task AnnounceAsync(AppDb db, DeliveryWindow window, CancellationToken cancellationToken) =>
        WriteAsync(db, row, window, false, cancellationToken);

    private Task WriteAsync(AppDb db, BatchRow sent, DeliveryWindow window, bool isCertain, CancellationToken cancellationToken) =>
        MembershipWriter.WriteAsync(db, addresses, drafted.Export.Id, drafted.SyncMode, [sent], window, isCertain, cancellationToken);

    public void Dispose() => addresses.Dispose();

    private IQueryable<Membership> Announced(AppDb db)
    {
        var hash = addresses.Hasher.Hash(row.Email).ToArray();
        // A run that has delivered the person in the meantime has stored it.
        return db.Set<Membership>()
            .Where(known => known.ExportId == drafted.Export.Id && known.EmailHash == hash && known.Fingerprint == Memberships.Uncertain);
    }
}
