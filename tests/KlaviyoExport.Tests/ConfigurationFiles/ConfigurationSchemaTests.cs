using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KlaviyoExport.ConfigurationFiles;
using KlaviyoExport.ConfigurationFiles.Yaml;
using NJsonSchema;

namespace KlaviyoExport.Tests.ConfigurationFiles;

public sealed class ConfigurationSchemaTests
{
    private static string Stored => Path.Combine(Repository.Root, "docs", "klaviyo-export.schema.json");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_stored_schema_is_current()
    {
        if (Environment.GetEnvironmentVariable("KLAVIYOEXPORT_WRITE_SCHEMA") == "1")
            await File.WriteAllTextAsync(Stored, ConfigurationFileService.Schema(), Cancel);

        Assert.Equal(ConfigurationFileService.Schema(), await File.ReadAllTextAsync(Stored, Cancel));
    }

    [Fact]
    public async Task The_files_in_the_documentation_are_valid()
    {
        Assert.Equal(3, DocumentedFiles.All().Count);
        foreach (var file in DocumentedFiles.All())
        {
            Assert.Empty(ConfigurationFileService.Check(file));
            Assert.Empty(await FaultsAsync(file));
        }
    }

    [Theory]
    [InlineData("version: 1\nexport: []")]
    [InlineData("version: 2")]
    [InlineData("version: 1\nconnections: [{ name: Shop, key: pk_secret }]")]
    [InlineData("version: 1\nconnections: [{ name: Shop, key: { env: A, keyVault: b } }]")]
    [InlineData("version: 1\nsources: [{ name: Customers, kind: excel, keyColumn: id }]")]
    [InlineData("version: 1\nsources: [{ name: Customers, kind: file, path: /srv/x.csv }]")]
    [InlineData("version: 1\nsources: [{ name: Customers, kind: file, path: /srv/x.csv, keyColumn: id, keyColumns: [a, b] }]")]
    [InlineData("version: 1\nsegments: [{ name: Gold, source: Customers, membership: { table: vip } }]")]
    [InlineData("version: 1\nsegments: [{ name: Gold, source: Customers }]")]
    [InlineData("version: 1\nsegments: [{ name: Gold, source: Customers, conditions: { all: [{ field: tier, equals: Gold }] } }]")]
    [InlineData("version: 1\nsegments: [{ name: Gold, source: Customers, conditions: { any: [{ all: [{ field: tier }] }] } }]")]
    [InlineData("version: 1\nsystemRefresh: { repeats: hourly }")]
    [InlineData("version: 1\nalerts: { warningShare: 101 }")]
    [InlineData("version: 1\nalerts: { webhooks: [{ name: Hook, format: slack, url: 'https://hooks.slack.example/T0/s3cret' }] }")]
    [InlineData("version: 1\nalerts: { webhooks: [{ name: Hook, format: slack, url: { keyVault: hook } }] }")]
    public async Task A_wrong_file_is_refused_by_the_schema_and_by_the_reader(string file)
    {
        Assert.NotEmpty(await FaultsAsync(file));
        Assert.NotEmpty(ConfigurationFileService.Check(file));
    }

    [Fact]
    public void Every_key_has_a_meaning()
    {
        var parts = JsonNode.Parse(ConfigurationFileService.Schema())!["$defs"]!.AsObject();
        var properties = parts.Where(part => part.Key != "condition").SelectMany(part => part.Value!["properties"]!.AsObject());

        Assert.All(properties, property => Assert.EndsWith(".", (string?)property.Value!["description"], StringComparison.Ordinal));
    }

    /// <summary>Validates a file as an editor does.</summary>
    public static async Task<IEnumerable<string>> FaultsAsync(string file)
    {
        var schema = await JsonSchema.FromJsonAsync(
            // The validator knows the older name of this keyword.
            ConfigurationFileService.Schema().Replace("$defs", "definitions", StringComparison.Ordinal),
            Cancel
        );
        var faults = new FaultList();
        var root = YamlReader.Read(file, faults);
        Assert.Equal(0, faults.Count);
        return schema.Validate(Json(root!).ToJsonString()).SelectMany(OpenApi.SchemaFault.Describe).ToList();
    }

    /// <summary>The core schema of YAML 1.2.</summary>
    private static JsonNode Json(YamlNode node) =>
        node switch
        {
            YamlMap map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Json(entry.Value)))),
            YamlList list => new JsonArray([.. list.Items.Select(Json)]),
            YamlScalar { IsPlain: true, Text: "true" or "false" } scalar => JsonValue.Create(scalar.Text == "true"),
            YamlScalar { IsPlain: true } scalar
                when double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) => JsonNode.Parse(scalar.Text)!,
            YamlScalar scalar => JsonValue.Create(scalar.Text),
            _ => throw new JsonException(),
        };
}
