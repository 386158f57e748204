using System.Collections.ObjectModel;
using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists;

/// <summary>Stores whom each export has put on its list or keeps there.</summary>
internal sealed class Memberships(IDbContextFactory<AppDb> stores)
{
    private const int Chunk = 500;
    private const int MarkedAtOnce = 50_000;

    // No profile has this fingerprint. A profile that may not have arrived gets it, so that the next run sends it again.
    internal static readonly byte[] Uncertain = new byte[16];

    // No profile has this one either. A person who is on the list and is to be sent again gets it.
    private static readonly byte[] Again = [.. Enumerable.Repeat((byte)0xFF, 16)];

    /// <summary>Reads the people of an export, and those who were taken off the list in Klaviyo.</summary>
    /// <param name="exportId">The export.</param>
    /// <param name="otherExports">The other exports to the list. A person whom somebody has taken off is off for all of them.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<KnownPeople> LoadAsync(int exportId, IReadOnlyList<int> otherExports, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var delivered = await DeliveredReader.ReadAsync(db, exportId, cancellationToken);
        return new KnownPeople(delivered, await TakenOffAsync(db, exportId, otherExports, cancellationToken));
    }

    /// <summary>Reads the people whom somebody has taken off the list in Klaviyo, as far as an export to the list knows.</summary>
    public async Task<HashSet<Hash16>> TakenOffAsync(int exportId, IReadOnlyList<int> otherExports, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await TakenOffAsync(db, exportId, otherExports, cancellationToken);
    }

    private static async Task<HashSet<Hash16>> TakenOffAsync(
        AppDb db,
        int exportId,
        IReadOnlyList<int> otherExports,
        CancellationToken cancellationToken
    )
    {
        var people = new HashSet<Hash16>();
        await foreach (
            var hash in db.Set<Membership>()
                .Where(row =>
                    (row.ExportId == exportId || otherExports.Contains(row.ExportId)) && row.State == MembershipState.RemovedByHand
                )
                .Select(row => row.EmailHash)
                .AsAsyncEnumerable()
                .WithCancellation(cancellationToken)
        )
            people.Add(Hash16.Take(hash));
        return people;
    }

    /// <summary>
    /// Marks the people who have left the segments, in the caller's transaction. It replaces the marks of earlier runs. They count as held
    /// until <see cref="ReleaseAsync"/>, because the run may still be canceled or wait for approval.
    /// </summary>
    /// <returns>The number of marked people whose address is stored. Only they can be taken off the list.</returns>
    public static async Task<int> MarkLeavingAsync(
        AppDb db,
        int exportId,
        int runId,
        IEnumerable<Hash16> leaving,
        CancellationToken cancellationToken
    )
    {
        var mine = db.Set<Membership>().Where(row => row.ExportId == exportId);
        await ForgetMarksAsync(mine, cancellationToken);
        // A run that was stopped may have taken them off. What this run does is not counted with it.
        await mine.Where(row => row.State == MembershipState.Removing)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, MembershipState.Released), cancellationToken);
        foreach (var chunk in leaving.OrderBy(hash => hash.High).Chunk(MarkedAtOnce))
            await db.UpdateAsync(
                chunk.Select(hash => new Membership
                {
                    ExportId = exportId,
                    EmailHash = hash.ToArray(),
                    Fingerprint = Uncertain,
                    LeavingRunId = runId,
                }),
                [nameof(Membership.LeavingRunId)],
                cancellationToken
            );
        return await Leaving(db, runId).CountAsync(row => row.Email != null, cancellationToken);
    }

    /// <summary>Counts what <see cref="MarkLeavingAsync"/> and <see cref="CountSharedAsync"/> would count, without marking anybody.</summary>
    /// <param name="exportId">The export.</param>
    /// <param name="leaving">The people who have left the segments.</param>
    /// <param name="otherExports">The other exports to the list.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The people whose address is stored, and those of them whom other exports hold.</returns>
    public async Task<(int Leaving, int Shared)> CountLeavingAsync(
        int exportId,
        IEnumerable<Hash16> leaving,
        IReadOnlyList<int> otherExports,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var (all, shared) = (0, 0);
        foreach (var chunk in leaving.Chunk(Chunk))
        {
            var hashes = chunk.Select(hash => hash.ToArray()).ToList();
            var mine = db.Set<Membership>().Where(row => row.ExportId == exportId && hashes.Contains(row.EmailHash) && row.Email != null);
            all += await mine.CountAsync(cancellationToken);
            shared += await mine.CountAsync(
                row =>
                    db.Set<Membership>()
                        .Any(other =>
                            otherExports.Contains(other.ExportId) && other.EmailHash == row.EmailHash && other.State == MembershipState.Held
                        ),
                cancellationToken
            );
        }
        return (all, shared);
    }

    /// <summary>Selects the people whom a run has still to take off the list.</summary>
    public static IQueryable<Membership> Leaving(AppDb db, int runId) => db.Set<Membership>().Where(row => row.LeavingRunId == runId);

    /// <summary>Counts the marked people whom other exports hold.</summary>
    public static Task<int> CountSharedAsync(AppDb db, int runId, IReadOnlyList<int> otherExports, CancellationToken cancellationToken) =>
        Leaving(db, runId)
            .CountAsync(
                row =>
                    row.Email != null
                    && db.Set<Membership>()
                        .Any(other =>
                            otherExports.Contains(other.ExportId) && other.EmailHash == row.EmailHash && other.State == MembershipState.Held
                        ),
                cancellationToken
            );

    /// <summary>Ends the export's hold on the people whom a run has marked, in the caller's transaction.</summary>
    public static Task ReleaseAsync(AppDb db, int runId, CancellationToken cancellationToken) =>
        Leaving(db, runId)
            .Where(row => row.State == MembershipState.Held)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.State, MembershipState.Released).SetProperty(row => row.ReleasedRunId, runId),
                cancellationToken
            );

    /// <summary>
    /// Takes back <see cref="ReleaseAsync"/> of a run that is stopped or undone, in the caller's transaction. These people have stayed on the
    /// list as they were delivered, so the next run need not send them.
    /// </summary>
    public static Task HoldAgainAsync(AppDb db, int exportId, int runId, CancellationToken cancellationToken) =>
        db.Set<Membership>()
            .Where(row => row.ExportId == exportId && row.State == MembershipState.Released && row.ReleasedRunId == runId)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.State, MembershipState.Held).SetProperty(row => row.ReleasedRunId, (int?)null),
                cancellationToken
            );

    /// <summary>
    /// Ends the state <see cref="MembershipState.RemovedByHand"/> of people whom a run has put on the list again for certain, in the
    /// caller's transaction: the other exports to the list hold them as before.
    /// </summary>
    public static async Task ReinstateAsync(
        AppDb db,
        int exportId,
        int runId,
        IReadOnlyList<int> otherExports,
        CancellationToken cancellationToken
    )
    {
        var starts = (await db.Set<Batch>().AsNoTracking().Where(batch => batch.RunId == runId).ToListAsync(cancellationToken))
            .FindAll(batch => batch.WindowFrom is not null || batch.SentAt is not null)
            .ConvertAll(batch => (DateTimeOffset?)batch.Window.From);
        await ReturnAsync(
            db.Set<Membership>()
                .Where(row =>
                    otherExports.Contains(row.ExportId)
                    && row.State == MembershipState.RemovedByHand
                    && db.Set<Membership>()
                        .Any(own =>
                            own.ExportId == exportId
                            && own.EmailHash == row.EmailHash
                            && own.State == MembershipState.Held
                            && own.Fingerprint != Uncertain
                            && starts.Contains(own.LastFrom)
                        )
                ),
            cancellationToken
        );
    }

    /// <summary>
    /// Stores with an export that somebody has taken people off the list in Klaviyo, in the caller's transaction. The export need not have
    /// delivered them.
    /// </summary>
    /// <param name="db">The context with the transaction.</param>
    /// <param name="exportId">The export.</param>
    /// <param name="emailHashes">At most five hundred people.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task RemoveByHandAsync(
        AppDb db,
        int exportId,
        IReadOnlyList<byte[]> emailHashes,
        CancellationToken cancellationToken
    )
    {
        var known = db.Set<Membership>().Where(row => row.ExportId == exportId && emailHashes.Contains(row.EmailHash));
        await RemoveByHandAsync(known, cancellationToken);
        var stored = (await known.Select(row => row.EmailHash).ToListAsync(cancellationToken))
            .Select(hash => Hash16.Take(hash))
            .ToHashSet();
        await db.InsertAsync(
            emailHashes
                .Where(hash => !stored.Contains(Hash16.Take(hash)))
                .Select(hash => new Membership
                {
                    ExportId = exportId,
                    EmailHash = hash,
                    State = MembershipState.RemovedByHand,
                    Fingerprint = Uncertain,
                })
                .ToList(),
            cancellationToken
        );
    }

    /// <summary>Stores that somebody has taken the people of these rows off the list in Klaviyo, in the caller's transaction.</summary>
    public static Task RemoveByHandAsync(IQueryable<Membership> rows, CancellationToken cancellationToken) =>
        rows.ExecuteUpdateAsync(
            // If an export puts the person back, that is the delivery by which the person is ours.
            set =>
                set.SetProperty(row => row.State, MembershipState.RemovedByHand)
                    .SetProperty(row => row.FirstFrom, (DateTimeOffset?)null)
                    .SetProperty(row => row.FirstUntil, (DateTimeOffset?)null),
            cancellationToken
        );

    /// <summary>
    /// Erases a person, in the caller's transaction. That somebody has taken the person off a list in Klaviyo is kept, with the keyed hash
    /// of the address alone, because the person may have asked for it.
    /// </summary>
    /// <returns>The number of rows that were erased.</returns>
    public static async Task<int> EraseAsync(AppDb db, byte[] emailHash, CancellationToken cancellationToken)
    {
        var rows = db.Set<Membership>().Where(row => row.EmailHash == emailHash);
        return await rows.Where(row => row.State != MembershipState.RemovedByHand).ExecuteDeleteAsync(cancellationToken)
            + await rows.Where(row => row.State == MembershipState.RemovedByHand)
                .Where(row => row.Email != null || row.LastFrom != null || row.Fingerprint != Uncertain)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(row => row.Fingerprint, Uncertain)
                            .SetProperty(row => row.Email, (byte[]?)null)
                            .SetProperty(row => row.LeavingRunId, (int?)null)
                            .SetProperty(row => row.FirstFrom, (DateTimeOffset?)null)
                            .SetProperty(row => row.FirstUntil, (DateTimeOffset?)null)
                            .SetProperty(row => row.LastFrom, (DateTimeOffset?)null)
                            .SetProperty(row => row.LastUntil, (DateTimeOffset?)null),
                    cancellationToken
                );
    }

    /// <summary>
    /// Ends the state <see cref="MembershipState.RemovedByHand"/> of rows in this state whose people are on the list again, in the caller's
    /// transaction. An export holds again whom it has delivered.
    /// </summary>
    public static async Task ReturnAsync(IQueryable<Membership> rows, CancellationToken cancellationToken)
    {
        await rows.Where(row => row.Fingerprint == Uncertain && row.LastFrom == null).ExecuteDeleteAsync(cancellationToken);
        await rows.ExecuteUpdateAsync(set => set.SetProperty(row => row.State, MembershipState.Held), cancellationToken);
    }

    /// <summary>Removes the marks of runs that have ended.</summary>
    public static Task ForgetMarksAsync(IQueryable<Membership> rows, CancellationToken cancellationToken) =>
        rows.Where(row => row.LeavingRunId != null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.LeavingRunId, (int?)null), cancellationToken);

    /// <summary>
    /// Removes the marks of people whom the export holds further on. Somebody whom it was just taking off is sent again by its next run.
    /// </summary>
    public static async Task KeepAsync(IQueryable<Membership> rows, CancellationToken cancellationToken)
    {
        await rows.Where(row => row.State == MembershipState.Removing)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.State, MembershipState.Held).SetProperty(row => row.Fingerprint, Uncertain),
                cancellationToken
            );
        await ForgetMarksAsync(rows, cancellationToken);
    }

    /// <summary>Deletes what is stored about the people of an export, in the caller's transaction.</summary>
    public static Task ForgetAsync(AppDb db, int exportId, CancellationToken cancellationToken) =>
        db.Set<Membership>().Where(row => row.ExportId == exportId).ExecuteDeleteAsync(cancellationToken);

    /// <summary>
    /// Adapts the stored people to another sync mode, in the caller's transaction: their addresses are deleted, and the next run sends all
    /// members once more. In mirror mode it stores the addresses. People who leave the segments before that run stay on the list.
    /// </summary>
    public static async Task ChangeModeAsync(AppDb db, int exportId, CancellationToken cancellationToken)
    {
        var mine = db.Set<Membership>().Where(row => row.ExportId == exportId);
        await mine.Where(row => row.Fingerprint != Uncertain)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Fingerprint, Again), cancellationToken);
        await mine.Where(row => row.Email != null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Email, (byte[]?)null), cancellationToken);
    }

    /// <summary>
    /// Stores that an export holds people again whom an undone run had taken off the list, in the caller's transaction. The next run sends
    /// them, if they are members.
    /// </summary>
    /// <param name="db">The context with the transaction.</param>
    /// <param name="exportId">The export.</param>
    /// <param name="people">The people, and when they joined the list again: one time, unless Klaviyo could not be asked.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static Task RestoreAsync(
        AppDb db,
        int exportId,
        IReadOnlyList<(RemovedMember Person, DeliveryWindow Joined)> people,
        CancellationToken cancellationToken
    ) =>
        db.UpsertAsync(
            [
                .. people.Select(back => new Membership
                {
                    ExportId = exportId,
                    EmailHash = back.Person.EmailHash,
                    Fingerprint = Again,
                    Email = back.Person.Email,
                    FirstFrom = back.Joined.From,
                    FirstUntil = back.Joined.Until,
                    LastFrom = back.Joined.From,
                    LastUntil = back.Joined.Until,
                }),
            ],
            ReadOnlyDictionary<string, BulkMerge>.Empty,
            cancellationToken
        );
}
