using System.Globalization;
using KlaviyoExport.Overview;

namespace KlaviyoExport.Web.Pages.Connections;

/// <summary>The column that the connections are sorted by.</summary>
public enum ConnectionOrder
{
    Name,
    Account,
    Created,
    Access,
    Health,
    Exports,
    ExportUser,
}

/// <summary>
/// The search and the sort order of the connection list. They are kept in the address, so that a reload or a link shows the same view.
/// </summary>
public sealed record ConnectionView(ConnectionOrder Order = ConnectionOrder.Name, bool Descending = false, string Search = "")
{
    /// <summary>Reads the view from query parameters. An unknown order is ignored.</summary>
    public static ConnectionView Of(string? order, bool descending, string? search) =>
        new(
            Enum.TryParse<ConnectionOrder>(order, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : default,
            descending,
            search ?? ""
        );

    /// <summary>Returns the view sorted by a column, or in reverse order if it is already sorted by this column.</summary>
    public ConnectionView By(ConnectionOrder order) => this with { Order = order, Descending = order == Order && !Descending };

    public IReadOnlyDictionary<string, object?> ToQuery() =>
        new Dictionary<string, object?>
        {
            ["sort"] = Order == default ? null : Order.ToString().ToLowerInvariant(),
            ["desc"] = Descending ? true : null,
            ["search"] = Search.Length == 0 ? null : Search,
        };

    public IReadOnlyList<ConnectionRow> Apply(IEnumerable<ConnectionRow> rows)
    {
        var found = rows.Where(row =>
            Search.Trim().Length == 0
            || new[] { row.Name, row.AccountName, row.AccountId, row.CreatedBy, row.ExportUser?.Name }.Any(IsFound)
        );
        var byName = StringComparer.Create(CultureInfo.CurrentCulture, ignoreCase: true);
        var sorted = Order switch
        {
            ConnectionOrder.Account => Sort(found, row => row.AccountName, byName),
            ConnectionOrder.Created => Sort(found, row => row.CreatedAt),
            ConnectionOrder.Access => Sort(found, row => (row.Sharing, row.SharedWith.Count)),
            ConnectionOrder.Health => Sort(found, row => (row.LastError is null, row.LastSuccessAt)),
            ConnectionOrder.Exports => Sort(found, row => row.Exports),
            ConnectionOrder.ExportUser => Sort(found, row => row.ExportUser?.Name ?? "", byName),
            _ => Sort(found, row => row.Name, byName),
        };
        return [.. sorted.ThenBy(row => row.Name, byName)];
    }

    private bool IsFound(string? text) =>
        text is not null
        && CultureInfo.CurrentCulture.CompareInfo.IndexOf(text, Search.Trim(), CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace)
            >= 0;

    private IOrderedEnumerable<ConnectionRow> Sort<TKey>(
        IEnumerable<ConnectionRow> rows,
        Func<ConnectionRow, TKey> key,
        IComparer<TKey>? comparer = null
    ) => Descending ? rows.OrderByDescending(key, comparer) : rows.OrderBy(key, comparer);
}
