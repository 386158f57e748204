using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KlaviyoExport.ConfigurationFiles.Yaml;

/// <summary>
/// Reads the text of a file as one YAML document. It refuses type tags, anchors and aliases, and documents that are too large or too deep,
/// so a small file can never become a large document.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>The maximum length of a file in characters.</summary>
    public const int MaxLength = 2_000_000;

    /// <summary>The maximum number of lists and maps within each other.</summary>
    public const int MaxDepth = 40;

    /// <summary>The maximum number of texts, lists and maps.</summary>
    public const int MaxNodes = 200_000;

    private readonly Parser _parser;
    private readonly FaultList _faults;
    private int _nodes;

    private YamlReader(string text, FaultList faults) => (_parser, _faults) = (new Parser(new StringReader(text)), faults);

    /// <returns>The document. Null when it could not be read; the faults say why.</returns>
    public static YamlNode? Read(string text, FaultList faults)
    {
        if (text.Length > MaxLength)
        {
            faults.Add(new Place(1, 1), "ConfigurationFiles.TooLong", MaxLength);
            return null;
        }
        try
        {
            return new YamlReader(text.TrimStart('\uFEFF'), faults).Document();
        }
        catch (StopException)
        {
            return null;
        }
        catch (YamlException broken)
        {
            faults.Add(PlaceOf(broken.Start), "ConfigurationFiles.NotYaml", broken.Message);
            return null;
        }
    }

    private YamlNode Document()
    {
        // The parser goes from the start of the stream to the start of the document, if there is one, and to its root.
        _parser.MoveNext();
        _parser.MoveNext();
        if (_parser.Current is StreamEnd)
            throw Stop(new Place(1, 1), "ConfigurationFiles.Empty");
        _parser.MoveNext();
        var root = Node(1);
        _parser.MoveNext();
        return _parser.Current is StreamEnd ? root : throw Stop(PlaceOf(_parser.Current!.Start), "ConfigurationFiles.TwoDocuments");
    }

    /// <summary>Reads the node at which the parser stands, and moves behind it.</summary>
    private YamlNode Node(int depth)
    {
        var current = _parser.Current!;
        var at = PlaceOf(current.Start);
        if (depth > MaxDepth)
            throw Stop(at, "ConfigurationFiles.TooDeep", MaxDepth);
        if (++_nodes > MaxNodes)
            throw Stop(at, "ConfigurationFiles.TooMany", MaxNodes);
        if (current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
            throw Stop(at, "ConfigurationFiles.Anchor");
        if (current is NodeEvent { Tag.IsEmpty: false } tagged)
            throw Stop(at, "ConfigurationFiles.Tag", tagged.Tag.Value);
        _parser.MoveNext();
        return current switch
        {
            Scalar scalar => new YamlScalar(at, scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => List(at, depth),
            _ => Map(at, depth),
        };
    }

    private YamlList List(Place at, int depth)
    {
        var items = new List<YamlNode>();
        while (_parser.Current is not SequenceEnd)
            items.Add(Node(depth + 1));
        _parser.MoveNext();
        return new YamlList(at, items);
    }

    private YamlMap Map(Place at, int depth)
    {
        var entries = new List<YamlEntry>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (_parser.Current is not MappingEnd)
        {
            var key = Node(depth + 1);
            if (key is not YamlScalar { Text: var name })
                throw Stop(key.At, "ConfigurationFiles.KeyNotText");
            var value = Node(depth + 1);
            if (keys.Add(name))
                entries.Add(new YamlEntry(name, key.At, value));
            else
                _faults.Add(key.At, "ConfigurationFiles.KeyTwice", name);
        }
        _parser.MoveNext();
        return new YamlMap(at, entries);
    }

    private StopException Stop(Place at, string code, params IReadOnlyList<object?> arguments)
    {
        _faults.Add(at, code, arguments);
        return new StopException();
    }

    private static Place PlaceOf(Mark mark) => new((int)mark.Line, (int)mark.Column);

    /// <summary>Ends the reading after a fault behind which nothing can be read.</summary>
    private sealed class StopException : Exception;
}
