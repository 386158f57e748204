using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Overview.Lookup;

/// <summary>Summarizes what the exports to a list have stored about a person.</summary>
internal static class PersonMemberships
{
    /// <param name="own">What the export has stored. Null when it has stored nothing.</param>
    /// <param name="all">What all exports to its list have stored, this one included.</param>
    /// <param name="exports">All exports to the list.</param>
    /// <param name="open">The exports whose addresses the reader may see.</param>
    /// <param name="unstored">The deliveries of older versions, which did not store them.</param>
    /// <param name="joined">When the person joined the list. Null when the person is not on it, or when it is not known.</param>
    public static PersonMembership Of(
        Membership? own,
        IReadOnlyList<Membership> all,
        IReadOnlyList<ExportName> exports,
        IReadOnlySet<int> open,
        UnstoredDeliveries unstored,
        DateTimeOffset? joined
    ) =>
        new(
            own?.State,
            Window(own?.FirstFrom, own?.FirstUntil),
            Window(own?.LastFrom, own?.LastUntil),
            [
                .. exports
                    .Where(export => all.Any(row => row.ExportId == export.Id && row.State == MembershipState.Held))
                    .Select(export => open.Contains(export.Id) ? export.Name : null),
            ],
            joined is { } at ? all.Any(row => row.Explains(at) || unstored.Explain(row, at)) : null
        );

    public static DeliveryWindow? Window(DateTimeOffset? from, DateTimeOffset? until) =>
        from is { } start && until is { } end ? new DeliveryWindow(start, end) : null;
}
