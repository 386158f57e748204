using System.Text.Json.Nodes;
using KlaviyoExport.ConfigurationFiles.Yaml;

namespace KlaviyoExport.ConfigurationFiles.Shapes;

/// <summary>A key of an item: its name, what it means, and how it is read, written and described.</summary>
/// <param name="name">The key in the file.</param>
/// <param name="meaning">A sentence for editors and documentation.</param>
internal abstract class ItemKey<T>(string name, string meaning)
{
    public string Name { get; } = name;

    public string Meaning { get; } = meaning;

    /// <summary>Whether every item must have the key.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether the key is for this item. Null for a key that is for all items. It is asked when the item was read.</summary>
    public Func<T, bool>? AppliesTo { get; init; }

    public abstract T Read(T item, YamlNode node, FaultList faults);

    /// <returns>Null when the item has no value for the key.</returns>
    public abstract YamlNode? Write(T item);

    public abstract JsonObject Schema(SchemaParts parts);
}

/// <summary>A key whose value may be absent.</summary>
internal sealed class ItemKey<T, TValue>(
    string name,
    string meaning,
    Shape<TValue> shape,
    Func<T, (bool Has, TValue Value)> get,
    Func<T, TValue, T> set
) : ItemKey<T>(name, meaning)
{
    public override T Read(T item, YamlNode node, FaultList faults) => shape.TryRead(node, faults, out var value) ? set(item, value) : item;

    public override YamlNode? Write(T item) => get(item) is (true, var value) ? shape.Write(value) : null;

    public override JsonObject Schema(SchemaParts parts) => shape.Schema(parts);
}
