using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using NJsonSchema;

namespace KlaviyoExport.Tests.OpenApi;

/// <summary>
/// One call of Klaviyo's published description. Checks requests and answers of the call. A member that the description does not name is a
/// fault.
/// </summary>
public sealed class OpenApiSlice
{
    private readonly JsonObject _document;
    private readonly JsonObject _operation;
    private readonly string[] _segments;
    private readonly ConcurrentDictionary<(JsonNode Schema, bool Closed, bool Sparse), Lazy<JsonSchema>> _schemas = [];

    private OpenApiSlice(JsonObject document, string path, string method, JsonObject operation)
    {
        _document = document;
        _operation = operation;
        Method = method.ToUpperInvariant();
        Id = (string)operation["operationId"]!;
        _segments = path.Split('/');
    }

    /// <summary>Klaviyo's operation id.</summary>
    public string Id { get; }

    public string Method { get; }

    /// <summary>The path with its placeholders.</summary>
    public string Path => string.Join('/', _segments);

    /// <summary>The description itself, for what does not concern single requests: scopes, limits, filters.</summary>
    public JsonObject Operation => _operation;

    public static OpenApiSlice Parse(string json)
    {
        var document = JsonNode.Parse(json)!.AsObject();
        var (path, methods) = document["paths"]!.AsObject().Single();
        var (method, operation) = methods!.AsObject().Single(m => m.Key != "parameters");
        return new OpenApiSlice(document, path, method, operation!.AsObject());
    }

    public bool Matches(string method, string path)
    {
        var given = path.TrimEnd('/').Split('/');
        return method == Method
            && given.Length == _segments.Length
            && given.Zip(_segments).All(pair => pair.Second.StartsWith('{') || pair.First == pair.Second);
    }

    /// <param name="query">Decoded parameters.</param>
    /// <param name="headers">By lower-case name, content headers too.</param>
    /// <param name="body">Null when there was none.</param>
    /// <returns>The faults; empty if there are none.</returns>
    public IReadOnlyList<string> ValidateRequest(
        IReadOnlyDictionary<string, string> query,
        IReadOnlyDictionary<string, string> headers,
        string? body
    )
    {
        var faults = new List<string>();
        var parameters = _operation["parameters"]?.AsArray().Select(p => p!.AsObject()).ToList() ?? [];
        var known = parameters.Where(p => (string)p["in"]! == "query").ToDictionary(p => (string)p["name"]!);
        foreach (var (name, value) in query)
        {
            if (!known.TryGetValue(name, out var parameter))
                faults.Add($"query {name}: no such parameter");
            else
                faults.AddRange(Parameter(parameter["schema"]!.AsObject(), value).Select(f => $"query {name}: {f}"));
        }
        foreach (var needed in parameters.Where(p => (bool?)p["required"] == true))
        {
            var name = (string)needed["name"]!;
            if ((string)needed["in"]! == "header" && !headers.ContainsKey(name.ToLowerInvariant()))
                faults.Add($"header {name} is missing");
            if ((string)needed["in"]! == "query" && !query.ContainsKey(name))
                faults.Add($"query {name} is missing");
        }
        var content = _operation["requestBody"]?["content"]?.AsObject();
        if (content is null && body is not null)
            faults.Add("body: this call takes none");
        if (content is null)
            return faults;
        var (mediaType, described) = content.Single();
        if (body is null)
            faults.Add("body is missing");
        else if (headers.GetValueOrDefault("content-type")?.Split(';')[0] != mediaType)
            faults.Add($"content-type is not {mediaType}");
        else
            faults.AddRange(Validate(described!["schema"]!, body).Select(f => $"body {f}"));
        return faults;
    }

    /// <param name="status">HTTP status.</param>
    /// <param name="contentType">As answered.</param>
    /// <param name="body">As answered; null or empty for none.</param>
    /// <param name="sparse">Fields were chosen with <c>fields[…]</c>, so required ones may be missing.</param>
    public IReadOnlyList<string> ValidateResponse(int status, string? contentType, string? body, bool sparse = false)
    {
        var responses = _operation["responses"]!.AsObject();
        var described = responses[$"{status}"] ?? responses[$"{status / 100}XX"];
        if (described is null)
            return [$"status {status} is not described"];
        var content = SchemaRewrite.Resolve(_document, described.AsObject())["content"]?.AsObject();
        if (content is null)
            return string.IsNullOrEmpty(body) ? [] : [$"status {status} has no body, but this has: {body}"];
        var (mediaType, schema) = content.Single();
        if (contentType?.Split(';')[0] != mediaType)
            return [$"content-type is {contentType}, not {mediaType}"];
        // Klaviyo's description omits members of error objects that it sends, so error answers may contain more.
        return Validate(schema!["schema"]!, body ?? "", closed: status < 400, sparse);
    }

    private IEnumerable<string> Parameter(JsonObject schema, string value)
    {
        if ((string?)schema["type"] == "array")
            return value.Split(',').SelectMany(item => Parameter(schema["items"]!.AsObject(), item));
        var json = (string?)schema["type"] == "integer" ? value : JsonValue.Create(value).ToJsonString();
        return Validate(schema, json);
    }

    private IReadOnlyList<string> Validate(JsonNode schema, string json, bool closed = true, bool sparse = false)
    {
        var ready = _schemas.GetOrAdd(
            (schema, closed, sparse),
            key =>
                new(() =>
                    JsonSchema
                        .FromJsonAsync(SchemaRewrite.ToJsonSchema(_document, key.Schema.AsObject(), key.Closed, key.Sparse).ToJsonString())
                        .GetAwaiter()
                        .GetResult()
                )
        );
        try
        {
            return [.. ready.Value.Validate(json).SelectMany(SchemaFault.Describe)];
        }
        catch (Newtonsoft.Json.JsonReaderException e)
        {
            return [$"is not JSON: {e.Message}"];
        }
    }
}
