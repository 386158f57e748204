using System.Text;

namespace KlaviyoExport.Sources.Servers;

/// <summary>The name of a table or view and its schema.</summary>
internal sealed record ServerName(string Schema, string Name)
{
    /// <summary>The catalogue or database of the schema. Empty when it is the one of the connection.</summary>
    public string Catalogue { get; init; } = "";

    /// <summary>The parts that a statement names. Some databases have no schemas.</summary>
    public IEnumerable<string> Parts => new[] { Catalogue, Schema, Name }.Where(part => part.Length > 0);

    /// <summary>Returns schema and name as one text, in which sources and segments store it. It is unique.</summary>
    public override string ToString() => string.Join('.', Parts.Select(Part));

    /// <summary>Reads the text of <see cref="ToString"/>.</summary>
    public static ServerName Parse(string text)
    {
        var (parts, part) = (new List<string>(), new StringBuilder());
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (isQuoted && text[i] == '"' && i + 1 < text.Length && text[i + 1] == '"')
                part.Append(text[i++]);
            else if (text[i] == '"')
                isQuoted = !isQuoted;
            else if (text[i] == '.' && !isQuoted)
                Add();
            else
                part.Append(text[i]);
        }
        Add();
        return new ServerName(parts.Count > 1 ? parts[^2] : "", parts[^1]) { Catalogue = parts.Count > 2 ? parts[^3] : "" };

        void Add()
        {
            parts.Add(part.ToString());
            part.Clear();
        }
    }

    private static string Part(string name) =>
        name.AsSpan().ContainsAny('.', '"') ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;
}

/// <summary>A table or view of the server.</summary>
/// <param name="MayRead">Whether the user may select from it.</param>
internal sealed record ServerRelation(ServerName Name, bool IsView, bool MayRead);
