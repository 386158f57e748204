using System.Text.Json.Nodes;
using KlaviyoExport.ConfigurationFiles.Yaml;

namespace KlaviyoExport.ConfigurationFiles.Shapes;

/// <summary>A map with fixed keys. A key that is left out has its default, and a key with its default is not written.</summary>
/// <param name="name">The name of the part in the JSON Schema.</param>
/// <param name="empty">The item with all defaults.</param>
internal sealed class ItemShape<T>(string name, T empty) : Shape<T>
{
    private readonly List<ItemKey<T>> _keys = [];

    /// <summary>What is checked, and what is brought into its usual form, when all keys were read without a fault.</summary>
    public Func<T, YamlMap, FaultList, T>? Check { get; init; }

    /// <summary>Adds what the keys alone do not say to the schema.</summary>
    public Action<JsonObject>? Refine { get; init; }

    /// <summary>Keys of which every item must have exactly one. Empty when there are none.</summary>
    public IReadOnlyList<string> OneOf { get; init; } = [];

    /// <summary>Whether it is written on one line.</summary>
    public bool IsInline { get; init; }

    public IReadOnlyList<ItemKey<T>> Keys => _keys;

    /// <summary>Adds a key that has a value in every item.</summary>
    public ItemShape<T> With<TValue>(
        string key,
        string meaning,
        Shape<TValue> shape,
        Func<T, TValue> get,
        Func<T, TValue, T> set,
        bool isRequired = false,
        Func<T, bool>? appliesTo = null
    )
    {
        _keys.Add(
            new ItemKey<T, TValue>(key, meaning, shape, item => (true, get(item)), set) { IsRequired = isRequired, AppliesTo = appliesTo }
        );
        return this;
    }

    /// <summary>Adds a key whose value, an object, may be null.</summary>
    public ItemShape<T> WithOptional<TValue>(
        string key,
        string meaning,
        Shape<TValue> shape,
        Func<T, TValue?> get,
        Func<T, TValue, T> set,
        Func<T, bool>? appliesTo = null
    )
        where TValue : class
    {
        _keys.Add(
            new ItemKey<T, TValue>(key, meaning, shape, item => get(item) is { } value ? (true, value) : (false, null!), set)
            {
                AppliesTo = appliesTo,
            }
        );
        return this;
    }

    /// <summary>Adds a key whose value, a number or a choice, may be null.</summary>
    public ItemShape<T> WithOptional<TValue>(
        string key,
        string meaning,
        Shape<TValue> shape,
        Func<T, TValue?> get,
        Func<T, TValue, T> set,
        Func<T, bool>? appliesTo = null
    )
        where TValue : struct
    {
        _keys.Add(
            new ItemKey<T, TValue>(key, meaning, shape, item => get(item) is { } value ? (true, value) : (false, default), set)
            {
                AppliesTo = appliesTo,
            }
        );
        return this;
    }

    public override bool TryRead(YamlNode node, FaultList faults, out T value)
    {
        value = empty;
        if (node is not YamlMap map)
        {
            faults.Add(node.At, "ConfigurationFiles.MapWanted", string.Join(", ", _keys.Select(key => key.Name)));
            return false;
        }
        var before = faults.Count;
        foreach (var entry in map.Entries)
        {
            if (_keys.Find(key => key.Name == entry.Key) is { } known)
                value = known.Read(value, entry.Value, faults);
            else
                KeyFault(entry, faults);
        }
        foreach (var key in _keys.Where(key => key.IsRequired && map.Find(key.Name) is null))
            faults.Add(map.At, "ConfigurationFiles.KeyMissing", key.Name);
        var given = map.Entries.Where(entry => OneOf.Contains(entry.Key)).ToList();
        if (OneOf.Count > 0 && given.Count == 0)
            faults.Add(map.At, "ConfigurationFiles.KeyMissing", OneOf[0]);
        foreach (var entry in given.Skip(1))
            faults.Add(entry.At, "ConfigurationFiles.KeyNotHere", entry.Key);
        if (faults.Count > before)
            return true;
        foreach (var key in _keys)
            if (key.AppliesTo?.Invoke(value) == false && map.Entries.FirstOrDefault(entry => entry.Key == key.Name) is { } misplaced)
                faults.Add(misplaced.At, "ConfigurationFiles.KeyNotHere", key.Name);
        if (faults.Count == before && Check is not null)
            value = Check(value, map, faults);
        return true;
    }

    public override YamlNode Write(T value) => Write(value, withDefaults: false);

    /// <param name="value">The item.</param>
    /// <param name="withDefaults">Whether keys with their default are written too.</param>
    public YamlMap Write(T value, bool withDefaults)
    {
        var entries = new List<YamlEntry>();
        foreach (var key in _keys)
        {
            if (key.AppliesTo?.Invoke(value) == false || key.Write(value) is not { } node)
                continue;
            if (!withDefaults && !key.IsRequired && key.Write(empty) is { } usual && YamlWriter.Line(usual) == YamlWriter.Line(node))
                continue;
            entries.Add(new YamlEntry(key.Name, Place.None, node));
        }
        return new YamlMap(Place.None, entries) { IsInline = IsInline };
    }

    public override JsonObject Schema(SchemaParts parts) => parts.Reference(name, () => Described(parts));

    private void KeyFault(YamlEntry entry, FaultList faults)
    {
        if (Nearest.To(entry.Key, _keys.Select(key => key.Name)) is { } near)
            faults.Add(entry.At, "ConfigurationFiles.KeyNear", entry.Key, near);
        else
            faults.Add(entry.At, "ConfigurationFiles.KeyUnknown", entry.Key, string.Join(", ", _keys.Select(key => key.Name)));
    }

    private JsonObject Described(SchemaParts parts)
    {
        var properties = new JsonObject();
        foreach (var key in _keys)
        {
            var schema = key.Schema(parts);
            schema["description"] = key.Meaning;
            properties[key.Name] = schema;
        }
        var described = new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
        if (_keys.Where(key => key.IsRequired).Select(key => (JsonNode)key.Name).ToArray() is { Length: > 0 } required)
            described["required"] = new JsonArray(required);
        if (OneOf.Count > 0)
            described["oneOf"] = new JsonArray([.. OneOf.Select(key => new JsonObject { ["required"] = new JsonArray(key) })]);
        Refine?.Invoke(described);
        return described;
    }
}
