using System.Text.Json;

namespace KlaviyoExport.Sources.Files;

/// <summary>
/// The objects of a JSON file: JSON lines, or one array. Nested objects give columns such as <c>address.city</c>; lists are kept as JSON
/// text. The file is read twice, because any object may have a property that no earlier one has.
/// </summary>
internal sealed class JsonRows : ValueRows
{
    private readonly JsonElements _elements;
    private readonly string _name;
    private readonly Dictionary<string, int> _columns;
    private readonly (string? Text, bool IsNumber)[] _values;
    private LocalizedMessage? _fault;

    private JsonRows(JsonElements elements, string name, IReadOnlyList<string> names, FileFindings findings)
    {
        (_elements, _name, Names, Findings) = (elements, name, names, findings);
        _columns = names.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        _values = new (string?, bool)[names.Count];
    }

    public override IReadOnlyList<string> Names { get; }

    public override FileFindings Findings { get; }

    public override long Line => _elements.Line;

    public override LocalizedMessage? Fault => _fault;

    /// <param name="open">Opens the file. Called several times.</param>
    /// <param name="name">The file name for messages.</param>
    /// <param name="dialect">The chosen encoding.</param>
    /// <exception cref="SourceException">The file has no object, or too many columns.</exception>
    public static JsonRows Open(Func<Stream> open, string name, FileDialect dialect)
    {
        var encoding = TextEncodings.Find(open, dialect.Encoding);
        var names = new List<string>();
        using (var first = new JsonElements(encoding.Decode(open()), name))
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            while (first.Read())
            {
                _ = Parse(first.Current, (column, _) => Note(column));
            }

            void Note(string column)
            {
                if (!seen.Add(column))
                    return;
                names.Add(column);
                if (names.Count > FileColumns.MostColumns)
                    throw new SourceException(new LocalizedMessage("Sources.TooManyColumns", name, names.Count, FileColumns.MostColumns));
            }
        }
        if (names.Count == 0)
            throw new SourceException(new LocalizedMessage("Sources.JsonEmpty", name));
        return new JsonRows(
            new JsonElements(encoding.Decode(open()), name),
            name,
            names,
            new FileFindings(FileFormat.Json) { Encoding = encoding.Name }
        );
    }

    public override bool Read()
    {
        if (!_elements.Read())
            return false;
        Array.Clear(_values);
        Clear();
        _fault = Parse(_elements.Current, (column, value) => _values[_columns[column]] = value);
        if (_fault is not null)
        {
            Add(System.Text.Encoding.UTF8.GetString(_elements.Current.Span), isNumber: false);
            return true;
        }
        foreach (var (text, isNumber) in _values)
            Add(text, isNumber);
        DemandLength(_name);
        return true;
    }

    public override void Dispose() => _elements.Dispose();

    /// <returns>Why the element cannot be read. Null when it can.</returns>
    private static LocalizedMessage? Parse(ReadOnlyMemory<byte> element, Action<string, (string?, bool)> add)
    {
        try
        {
            using var document = JsonDocument.Parse(element);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return new LocalizedMessage("Sources.RowNotObject");
            Flatten(document.RootElement, "", add);
            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second: a text with half a surrogate pair.
            return new LocalizedMessage("Sources.RowNotJson");
        }
    }

    private static void Flatten(JsonElement found, string prefix, Action<string, (string?, bool)> add)
    {
        foreach (var property in found.EnumerateObject())
        {
            var column = (prefix + property.Name).Trim();
            if (property.Value.ValueKind == JsonValueKind.Object)
                Flatten(property.Value, column + ".", add);
            else
                add(column, (TextOf(property.Value), property.Value.ValueKind == JsonValueKind.Number));
        }
    }

    private static string? TextOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => value.GetString(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => value.GetRawText(),
        };
}
