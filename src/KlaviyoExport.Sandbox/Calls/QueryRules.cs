using System.Globalization;
using KlaviyoExport.Sandbox.JsonApi;

namespace KlaviyoExport.Sandbox.Calls;

/// <summary>The query parameters of a call. All others are refused, as Klaviyo does.</summary>
internal sealed record QueryRules
{
    public static QueryRules None { get; } = new();

    /// <summary>Allowed names of <c>fields[type]</c>, by type.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Fields { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Allowed names of <c>additional-fields[type]</c>, by type.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Additional { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>The sort keys, without the minus sign for descending order.</summary>
    public IReadOnlyList<string> Sort { get; init; } = [];

    /// <summary>Operators by field.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Filters { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The allowed values of fields that have a fixed set of them.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> FilterValues { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The default and the maximum number of items on a page. Null when the call is not paged.</summary>
    public (int Default, int Max)? Page { get; init; }

    /// <exception cref="Refusal">400 naming the parameter.</exception>
    public CallQuery Read(IQueryCollection query)
    {
        var read = new CallQuery { PageSize = Page?.Default ?? 0 };
        foreach (var (name, values) in query)
        {
            if (values is not [{ } value])
                throw Bad(name, "This parameter was given more than once.");
            read = Read(read, name, value);
        }
        return read;
    }

    private CallQuery Read(CallQuery read, string name, string value)
    {
        if (name == "filter" && Filters.Count > 0)
            return read with { Filters = Checked(FilterParser.Parse(value)) };
        if (name == "sort" && Sort.Count > 0)
            return Sort.Contains(value.TrimStart('-')) && !value.StartsWith("--", StringComparison.Ordinal)
                ? read with
                {
                    Sort = value,
                }
                : throw Bad(name, $"'{value}' is not a valid sort for this call.");
        if (name == "include" && Include.Count > 0)
            return read with { Include = Names(name, value, Include) };
        if (name == "page[size]" && Page is { } page)
            return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size >= 1 && size <= page.Max
                ? read with
                {
                    PageSize = size,
                }
                : throw Bad(name, FormattableString.Invariant($"Page size must be an integer between 1 and {page.Max}."));
        if (name == "page[cursor]" && Page is not null)
            return read with { CursorText = value };
        if (Bracketed(name, "fields[") is { } type && Fields.TryGetValue(type, out var fields))
            return read with { Fields = With(read.Fields, type, Names(name, value, fields)) };
        if (Bracketed(name, "additional-fields[") is { } of && Additional.TryGetValue(of, out var additional))
            return read with { Additional = With(read.Additional, of, Names(name, value, additional)) };
        throw Bad(name, $"'{name}' is not a valid query parameter for this call.");
    }

    private IReadOnlyList<Filter> Checked(IReadOnlyList<Filter> filters)
    {
        foreach (var filter in filters)
        {
            if (!Filters.TryGetValue(filter.Field, out var operators))
                throw Bad("filter", $"Invalid filter: '{filter.Field}' is not a filterable field for this call.");
            if (!operators.Contains(filter.Operator))
                throw Bad("filter", $"Invalid filter: '{filter.Operator}' cannot be used with '{filter.Field}'.");
            if (
                FilterValues.TryGetValue(filter.Field, out var known)
                && filter.Values.FirstOrDefault(v => !known.Contains(v)) is { } unknown
            )
                throw Bad("filter", $"Invalid filter: '{unknown}' is not a valid value for '{filter.Field}'.");
        }
        return filters;
    }

    private static string? Bracketed(string name, string start) =>
        name.StartsWith(start, StringComparison.Ordinal) && name.EndsWith(']') ? name[start.Length..^1] : null;

    private static HashSet<string> Names(string parameter, string value, IReadOnlyList<string> allowed)
    {
        var names = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet();
        return names.FirstOrDefault(n => !allowed.Contains(n)) is { } wrong
            ? throw Bad(parameter, $"'{wrong}' is not a valid value for '{parameter}'.")
            : names;
    }

    private static Dictionary<string, IReadOnlySet<string>> With(
        IReadOnlyDictionary<string, IReadOnlySet<string>> present,
        string type,
        HashSet<string> names
    ) => new(present) { [type] = names };

    private static Refusal Bad(string parameter, string detail) => new(ApiError.InvalidParameter(detail, parameter));
}
