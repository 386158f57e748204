using KlaviyoExport.Runs;

namespace KlaviyoExport.Lists.Traces;

/// <summary>What is stored about one person, for the answer to a request for access. It contains no secrets and nothing about others.</summary>
/// <param name="Address">The normalized address. Null when the person has no valid one.</param>
/// <param name="At">When it was read.</param>
/// <param name="Exports">The exports that have stored something.</param>
internal sealed record PersonRecord(string? Address, DateTimeOffset At, IReadOnlyList<ExportRecord> Exports)
{
    /// <param name="names">The name and the list of each export.</param>
    /// <param name="runs">When each run was queued.</param>
    public static PersonRecord Of(
        SoughtPerson person,
        PersonTraces traces,
        DateTimeOffset at,
        IReadOnlyDictionary<int, (string Name, string List)> names,
        IReadOnlyDictionary<int, DateTimeOffset> runs
    ) =>
        new(
            person.Address,
            at,
            [
                .. traces
                    .ExportIds.Order()
                    .Select(id => new ExportRecord(
                        id,
                        names[id].Name,
                        names[id].List,
                        traces
                            .Memberships.Where(row => row.ExportId == id)
                            .Select(row => MembershipRecord.Of(row, person.Address))
                            .SingleOrDefault(),
                        RunRecord.AllOf(id, person.Address, traces, runs)
                    )),
            ]
        );
}

internal sealed record ExportRecord(int Id, string Name, string List, MembershipRecord? Membership, IReadOnlyList<RunRecord> Runs);

/// <summary>What an export knows of the person on its list. The times are those of deliveries.</summary>
internal sealed record MembershipRecord(
    string State,
    string? Address,
    DateTimeOffset? FirstDeliveryFrom,
    DateTimeOffset? FirstDeliveryUntil,
    DateTimeOffset? LastDeliveryFrom,
    DateTimeOffset? LastDeliveryUntil
)
{
    /// <param name="row">The stored person.</param>
    /// <param name="address">The address, by whose hash the person was found. It is shown only when it is stored.</param>
    public static MembershipRecord Of(Membership row, string? address) =>
        new(row.State.ToString(), row.Email is null ? null : address, row.FirstFrom, row.FirstUntil, row.LastFrom, row.LastUntil);
}

internal sealed record RunRecord(
    int Id,
    DateTimeOffset QueuedAt,
    IReadOnlyList<RejectionRecord> Rejections,
    RemovalRecord? RemovedFromList,
    IReadOnlyList<DifferenceRecord> DifferencesOfChecks
)
{
    public static IReadOnlyList<RunRecord> AllOf(
        int exportId,
        string? address,
        PersonTraces traces,
        IReadOnlyDictionary<int, DateTimeOffset> runs
    )
    {
        var rejections = traces.Rejections.Where(row => row.ExportId == exportId).ToLookup(row => row.Row.RunId);
        var removed = traces.Removed.Where(row => row.ExportId == exportId).ToDictionary(row => row.Row.RunId, row => row.Row);
        var differences = traces.Differences.Where(row => row.ExportId == exportId).ToLookup(row => row.RunId);
        return
        [
            .. rejections
                .Select(group => group.Key)
                .Concat(removed.Keys)
                .Concat(differences.Select(group => group.Key))
                .Distinct()
                .Order()
                .Select(id => new RunRecord(
                    id,
                    runs[id],
                    [.. rejections[id].Select(RejectionRecord.Of)],
                    removed.TryGetValue(id, out var gone) ? new RemovalRecord(address, gone.KlaviyoId) : null,
                    [.. differences[id].Select(DifferenceRecord.Of)]
                )),
        ];
    }
}

internal sealed record RejectionRecord(string ProfileKey, string Reason, string? Email, string? Code, string? Detail)
{
    public static RejectionRecord Of(TracedRejection one) =>
        new(
            one.Row.ProfileKey,
            one.Row.Reason.ToString(),
            one.Email,
            one.Row.Code,
            // The detail of a duplicate is the key of another profile.
            one.Row.Reason == RejectionReason.DuplicateEmail
                ? null
                : one.Row.Detail
        );
}

internal sealed record RemovalRecord(string? Address, string KlaviyoProfileId);

internal sealed record DifferenceRecord(string Kind, string? ProfileKey, string? KlaviyoProfileId, string? Email)
{
    public static DifferenceRecord Of(TracedDifference one) =>
        new(one.Row.Kind.ToString(), one.Row.ProfileKey, one.Row.KlaviyoId, one.Email);
}
