using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Delivery.LookAhead;

/// <summary>Opens what the Prepare stage of a run would use, for a look ahead that writes nothing.</summary>
internal sealed class Rehearsals(EmailHashes hashes, KnownPeopleReader people, ProfileCap cap)
{
    /// <param name="drafted">The export.</param>
    /// <param name="sendsUnchanged">Whether unchanged profiles are decided as if they were sent. Null as in a run.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<Rehearsal> OpenAsync(DraftedExport drafted, bool? sendsUnchanged, CancellationToken cancellationToken)
    {
        var hasher = await hashes.LoadAsync(cancellationToken);
        try
        {
            var (known, others) = await people.ReadAsync(drafted, cancellationToken);
            var limit = cap.Of(drafted.Export.Connection);
            var mapping = new ProfileMapping(drafted.Export);
            var sorter = MemberSorter.Of(
                drafted.Export,
                hasher,
                known,
                mapping,
                limit.Max,
                sendsUnchanged ?? drafted.SyncMode == SyncMode.Full
            );
            return new Rehearsal(hasher, mapping)
            {
                Drafted = drafted,
                Known = known,
                Others = others,
                Limit = limit,
                Sorter = sorter,
            };
        }
        catch
        {
            hasher.Dispose();
            throw;
        }
    }
}

/// <summary>What the Prepare stage of a run uses. It serves one pass over the members.</summary>
internal sealed class Rehearsal(EmailHasher hasher, ProfileMapping mapping) : IDisposable
{
    public required DraftedExport Drafted { get; init; }

    public required KnownPeople Known { get; init; }

    /// <summary>The other exports to the list.</summary>
    public required IReadOnlyList<int> Others { get; init; }

    public required ProfileLimit Limit { get; init; }

    public required MemberSorter Sorter { get; init; }

    /// <summary>The scope in which Klaviyo is asked about every member with a valid address.</summary>
    public PassScope Scope => new(Drafted.Export, Drafted.Export.ListId, Drafted.Credential) { AsksKlaviyo = true };

    public void Dispose()
    {
        mapping.Dispose();
        hasher.Dispose();
    }
}
