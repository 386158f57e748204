using KlaviyoExport.Sandbox.JsonApi;

namespace KlaviyoExport.Sandbox.Calls;

/// <summary>A call's query parameters, checked.</summary>
internal sealed record CallQuery
{
    private static readonly IReadOnlySet<string> Nothing = new HashSet<string>();

    public IReadOnlyDictionary<string, IReadOnlySet<string>> Fields { get; init; } = new Dictionary<string, IReadOnlySet<string>>();

    public IReadOnlyDictionary<string, IReadOnlySet<string>> Additional { get; init; } = new Dictionary<string, IReadOnlySet<string>>();

    public IReadOnlySet<string> Include { get; init; } = Nothing;

    public IReadOnlyList<Filter> Filters { get; init; } = [];

    public string? Sort { get; init; }

    public int PageSize { get; init; }

    public string? CursorText { get; init; }

    public FieldSet FieldsOf(string type) => Fields.TryGetValue(type, out var names) ? new FieldSet(names) : FieldSet.All;

    public IReadOnlySet<string> AdditionalOf(string type) => Additional.GetValueOrDefault(type, Nothing);

    /// <exception cref="Refusal">400 when the cursor was given out for another call or order.</exception>
    public Cursor? Cursor(string scope) => CursorText is null ? null : JsonApi.Cursor.Parse(CursorText, scope);
}
