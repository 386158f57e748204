namespace KlaviyoExport.Sources.Servers;

/// <summary>How a statement selects the key of its rows.</summary>
/// <param name="First">The first value: the key, or a placeholder when the product joins its parts.</param>
/// <param name="Parts">The last values: the parts of a key of several columns, where the product joins them. Otherwise empty.</param>
internal sealed record ServerKey(string First, IReadOnlyList<string> Parts)
{
    public static ServerKey Of(ServerDialect dialect, IReadOnlyList<ServerColumn> columns) =>
        dialect.SortsKeys || columns.Count == 1
            ? new ServerKey(dialect.KeyOf(columns), [])
            : new ServerKey(KeySet.Placeholder, [.. columns.Select(dialect.KeyOf)]);

    /// <summary>Returns what a statement selects. The first value is <see cref="First"/>.</summary>
    public string Select(IReadOnlyList<string> values) => string.Join(", ", values.Concat(Parts));
}
