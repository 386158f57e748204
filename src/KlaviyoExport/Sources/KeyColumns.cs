using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace KlaviyoExport.Sources;

/// <summary>
/// The columns that identify a profile together, in order. The key of a profile is the text of the column. For several columns the texts
/// are joined by <c>|</c>, with <c>~0</c> for each <c>~</c> and <c>~1</c> for each <c>|</c> in them. Two lists with the same columns are
/// equal.
/// </summary>
[CollectionBuilder(typeof(KeyColumns), nameof(Of))]
[JsonConverter(typeof(KeyColumnsJson))]
public sealed class KeyColumns : IReadOnlyList<string>, IEquatable<KeyColumns>
{
    /// <summary>The maximum number of columns.</summary>
    public const int Most = 10;

    private readonly string[] _names;

    private KeyColumns(string[] names) => _names = names;

    public int Count => _names.Length;

    public string this[int index] => _names[index];

    public static KeyColumns Of(ReadOnlySpan<string> names) => new([.. names]);

    public static KeyColumns Of(IEnumerable<string> names) => new([.. names]);

    /// <summary>Returns the key of the values of all columns.</summary>
    public static string Join(IReadOnlyList<string> values) => values.Count == 1 ? values[0] : string.Join('|', values.Select(Escaped));

    /// <summary>Returns the value of each column in a key. Null for a column without a part, in a key that was made of other columns.</summary>
    public IReadOnlyList<string?> Split(string key)
    {
        if (Count == 1)
            return [key];
        var parts = key.Split('|');
        return [.. _names.Select((_, i) => i < parts.Length ? Unescaped(parts[i]) : null)];
    }

    /// <summary>Whether a key read from a row is missing: any of its values is empty, as <see cref="FieldValue.IsEmpty"/>.</summary>
    public bool IsMissing(string? key)
    {
        if (Count == 1 || key is null)
            return FieldValue.IsEmpty(key);
        foreach (var part in key.AsSpan().Split('|'))
        {
            if (FieldValue.IsEmpty(key[part]))
                return true;
        }
        return false;
    }

    public static bool operator ==(KeyColumns? left, KeyColumns? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(KeyColumns? left, KeyColumns? right) => !(left == right);

    public bool Equals(KeyColumns? other) => other is not null && _names.AsSpan().SequenceEqual(other._names);

    public override bool Equals(object? obj) => Equals(obj as KeyColumns);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var name in _names)
            hash.Add(name, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_names).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The names, for people.</summary>
    public override string ToString() => string.Join(", ", _names);

    private static string Escaped(string value) =>
        value.Replace("~", "~0", StringComparison.Ordinal).Replace("|", "~1", StringComparison.Ordinal);

    private static string Unescaped(string part) =>
        part.Replace("~1", "|", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
