using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.ConfigurationFiles.Yaml;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>The form of a whole file. A new kind of item is a section here, with its shape and its place in the order of changes.</summary>
internal static class DocumentShape
{
    public const int Version = 1;

    private const string Root = "configuration";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly ItemShape<ConfigurationDocument> Document = new ItemShape<ConfigurationDocument>(
        Root,
        new ConfigurationDocument()
    )
        .With(
            "version",
            "The version of the format of the file.",
            new WholeShape(Version, Version),
            item => item.Version,
            (item, value) => item with { Version = value },
            isRequired: true
        )
        .WithOptional(
            "connections",
            "The connections to Klaviyo accounts.",
            Named(ConnectionShapes.Connection, item => item.Name),
            item => item.Connections,
            (item, value) => item with { Connections = value }
        )
        .WithOptional(
            "sources",
            "The sources of profiles.",
            Named(SourceShapes.Source, item => item.Name),
            item => item.Sources,
            (item, value) => item with { Sources = value }
        )
        .WithOptional(
            "segments",
            "The segments of profiles.",
            Named(SegmentShapes.Segment, item => item.Name),
            item => item.Segments,
            (item, value) => item with { Segments = value }
        )
        .WithOptional(
            "exports",
            "The exports of segments to Klaviyo lists.",
            Named(ExportShapes.Export, item => item.Name),
            item => item.Exports,
            (item, value) => item with { Exports = value }
        )
        .WithOptional(
            "systemRefresh",
            "The schedule of the system refresh, which loads sources, counts segments and runs exports.",
            ScheduleShapes.Refresh,
            item => item.SystemRefresh,
            (item, value) => item with { SystemRefresh = value }
        )
        .WithOptional(
            "alerts",
            "What people are told, and how.",
            AlertShapes.Alerts,
            item => item.Alerts,
            (item, value) => item with { Alerts = value }
        );

    /// <summary>Reads a file. The result may be used only when no faults were added.</summary>
    public static ConfigurationDocument Read(string text, FaultList faults) =>
        YamlReader.Read(text, faults) is { } root && Document.TryRead(root, faults, out var document)
            ? document
            : new ConfigurationDocument();

    /// <summary>Writes a document. The same document always gives the same text.</summary>
    public static string Write(ConfigurationDocument document) => YamlWriter.Document(Document.Write(document));

    /// <summary>Returns the JSON Schema (draft 2020-12) of a file.</summary>
    public static string Schema()
    {
        var parts = new SchemaParts();
        Document.Schema(parts);
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Klaviyo Export configuration file",
            ["$ref"] = $"#/$defs/{Root}",
            ["$defs"] = parts.ToJson(),
        };
        return schema.ToJsonString(Indented) + "\n";
    }

    private static ListShape<T> Named<T>(Shape<T> item, Func<T, ItemName> nameOf) =>
        new(item) { NameOf = nameOf, SortedBy = each => nameOf(each).Text };
}
