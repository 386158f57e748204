namespace KlaviyoExport.Sources.Servers;

/// <summary>The name of a table or view and its schema.</summary>
internal sealed record ServerName(string Schema, string Name)
{
    /// <summary>Returns schema and name as one text, in which sources and segments store it. It is unique.</summary>
    public override string ToString() => $"{Part(Schema)}.{Part(Name)}";

    private static string Part(string name) =>
        name.AsSpan().ContainsAny('.', '"') ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;
}

/// <summary>A table or view of the server.</summary>
/// <param name="MayRead">Whether the user may select from it.</param>
internal sealed record ServerRelation(ServerName Name, bool IsView, bool MayRead);
