namespace KlaviyoExport.Tests.OpenApi;

public sealed class OpenApiSliceTests
{
    private const string Described = """
        {"paths":{"/api/things/{id}":{"post":{"operationId":"post_thing",
          "parameters":[{"name":"revision","in":"header","required":true,"schema":{"type":"string"}},
                        {"name":"page[size]","in":"query","schema":{"type":"integer","maximum":10}},
                        {"name":"fields[thing]","in":"query","schema":{"type":"array","items":{"type":"string","enum":["a","b"]}}}],
          "requestBody":{"content":{"application/vnd.api+json":{"schema":{"$ref":"#/components/schemas/Thing"}}}},
          "responses":{"200":{"content":{"application/vnd.api+json":{"schema":{"allOf":[{"$ref":"#/components/schemas/Thing"},
            {"type":"object","properties":{"more":{"type":"string","nullable":true}},"required":["more"]}]}}}},"204":{}}}}},
         "components":{"schemas":{"Thing":{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}}}}
        """;

    private static readonly Dictionary<string, string> Headers = new()
    {
        ["revision"] = "2026-07-15",
        ["content-type"] = "application/vnd.api+json",
    };

    private readonly OpenApiSlice _slice = OpenApiSlice.Parse(Described);

    [Fact]
    public void A_call_is_recognised_by_method_and_path()
    {
        Assert.True(_slice.Matches("POST", "/api/things/7"));
        Assert.False(_slice.Matches("GET", "/api/things/7"));
        Assert.False(_slice.Matches("POST", "/api/things"));
    }

    [Theory]
    [InlineData("""{"a":1}""", true)]
    [InlineData("""{"a":"1"}""", false)]
    [InlineData("""{}""", false)]
    [InlineData("""{"a":1,"unknown":2}""", false)]
    [InlineData("""{"a":""", false)]
    [InlineData(null, false)]
    public void A_request_body_must_follow_its_schema(string? body, bool valid) =>
        Assert.Equal(valid, _slice.ValidateRequest(new Dictionary<string, string>(), Headers, body).Count == 0);

    [Theory]
    [InlineData("page[size]", "10", true)]
    [InlineData("page[size]", "11", false)]
    [InlineData("fields[thing]", "a,b", true)]
    [InlineData("fields[thing]", "a,c", false)]
    [InlineData("other", "1", false)]
    public void A_query_parameter_must_be_known_and_valid(string name, string value, bool valid) =>
        Assert.Equal(valid, _slice.ValidateRequest(new Dictionary<string, string> { [name] = value }, Headers, """{"a":1}""").Count == 0);

    [Fact]
    public void A_missing_header_is_found() =>
        Assert.NotEmpty(
            _slice.ValidateRequest(
                new Dictionary<string, string>(),
                new Dictionary<string, string> { ["content-type"] = "application/vnd.api+json" },
                """{"a":1}"""
            )
        );

    [Theory]
    [InlineData(200, """{"a":1,"more":null}""", true)]
    [InlineData(200, """{"a":1}""", false)]
    [InlineData(200, """{"a":1,"more":"","unknown":1}""", false)]
    [InlineData(204, "", true)]
    [InlineData(204, "{}", false)]
    [InlineData(404, "{}", false)]
    public void A_response_must_follow_its_schema(int status, string body, bool valid) =>
        Assert.Equal(valid, _slice.ValidateResponse(status, "application/vnd.api+json", body).Count == 0);

    [Fact]
    public void Every_OpenAPI_slice_can_be_read()
    {
        foreach (var slice in OpenApiSlices.All)
            Assert.NotEmpty(slice.ValidateResponse(200, "text/html", "<p>"));
    }
}
