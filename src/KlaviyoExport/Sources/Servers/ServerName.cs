namespace KlaviyoExport.Sources.Servers;

/// <summary>A table or view and the schema it is in.</summary>
internal sealed record ServerName(string Schema, string Name)
{
    /// <summary>Both as one word, as sources and segments keep it; no two tables have the same.</summary>
    public override string ToString() => $"{Part(Schema)}.{Part(Name)}";

    private static string Part(string name) =>
        name.AsSpan().ContainsAny('.', '"') ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;
}

/// <summary>A table or view of the catalogue.</summary>
/// <param name="MayRead">Whether the user may select from it.</param>
internal sealed record ServerRelation(ServerName Name, bool IsView, bool MayRead);
