using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Sources;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>The form of key columns in a file: <c>keyColumn</c> for one, <c>keyColumns</c> for several.</summary>
internal static class KeyShapes
{
    private const string One = "keyColumn";
    private const string Several = "keyColumns";

    /// <summary>The two keys. An item has one of them.</summary>
    public static IReadOnlyList<string> OneOf { get; } = [One, Several];

    private static readonly TextShape Name = new(200, trims: false);

    public static ItemShape<T> WithKey<T>(this ItemShape<T> shape, string meaning, Func<T, KeyColumns> get, Func<T, KeyColumns, T> set) =>
        shape
            .WithOptional(
                One,
                meaning,
                Name,
                item => get(item) is { Count: 1 } columns ? columns[0] : null,
                (item, value) => set(item, [value])
            )
            .WithOptional(
                Several,
                $"Instead of {One}: the columns that do this together, in order.",
                new ListShape<string>(Name) { Least = 1, Most = KeyColumns.Most },
                item => get(item) is { Count: > 1 } columns ? columns : null,
                (item, value) => set(item, KeyColumns.Of(value))
            );
}
