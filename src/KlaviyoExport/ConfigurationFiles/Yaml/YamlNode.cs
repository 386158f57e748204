namespace KlaviyoExport.ConfigurationFiles.Yaml;

/// <summary>A value of a document: a text, a list or a map.</summary>
internal abstract record YamlNode(Place At);

/// <summary>
/// A text. Without quotes it can mean a number, true, false or nothing; what it means is decided by the reader of the key.
/// </summary>
/// <param name="At">Where it starts.</param>
/// <param name="Text">The text, without quotes.</param>
/// <param name="IsPlain">Whether it is written without quotes.</param>
internal sealed record YamlScalar(Place At, string Text, bool IsPlain) : YamlNode(At)
{
    /// <summary>Creates a number, true or false.</summary>
    public static YamlScalar Plain(string text) => new(Place.None, text, IsPlain: true);

    /// <summary>Creates a text. It is written with quotes where it could be read as something else.</summary>
    public static YamlScalar Quoted(string text) => new(Place.None, text, IsPlain: false);

    /// <summary>Whether a key has no value.</summary>
    public bool IsNothing => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed record YamlList(Place At, IReadOnlyList<YamlNode> Items) : YamlNode(At);

/// <param name="At">Where it starts.</param>
/// <param name="Entries">The keys and values, in the order of the file. No key occurs twice.</param>
internal sealed record YamlMap(Place At, IReadOnlyList<YamlEntry> Entries) : YamlNode(At)
{
    /// <summary>Whether it is written on one line, in braces.</summary>
    public bool IsInline { get; init; }

    public YamlNode? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key)?.Value;
}

internal sealed record YamlEntry(string Key, Place At, YamlNode Value);
