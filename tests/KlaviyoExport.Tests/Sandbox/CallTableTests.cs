using System.Globalization;
using System.Text.Json.Nodes;
using KlaviyoExport.Sandbox.Calls;
using KlaviyoExport.Tests.OpenApi;

namespace KlaviyoExport.Tests.Sandbox;

/// <summary>Compares the sandbox's table of calls with Klaviyo's description, if the slices are available.</summary>
public sealed class CallTableTests
{
    /// <summary>Fields of the description that the sandbox refuses, because its profiles do not have them.</summary>
    private static readonly string[] LeftOut = ["fields[conversation]", "fields[push-token]", "include"];

    /// <summary>Calls that other clients of Klaviyo make and the product does not, so that their slices are not kept.</summary>
    private static readonly string[] OfOthers = ["create_profile"];

    public static TheoryData<string> Calls => [.. CallTable.All.Select(c => c.Id)];

    [Fact]
    public void Exactly_the_described_calls_exist() =>
        Assert.True(
            !OpenApiSlices.Available
                || OpenApiSlices.All.Select(s => s.Id).Concat(OfOthers).Order().SequenceEqual(CallTable.All.Select(c => c.Id).Order())
        );

    [Fact]
    public void A_call_is_found_by_its_path_and_method()
    {
        Assert.Equal("get_list", CallTable.Find("GET", "/api/lists/abc").Call?.Id);
        Assert.Equal("abc", CallTable.Find("GET", "/api/lists/abc/").Route["id"]);
        Assert.Equal(["GET", "POST"], CallTable.Find("PUT", "/api/lists").Allowed);
        Assert.Empty(CallTable.Find("GET", "/api/lists/abc/none").Allowed);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_call_has_the_documented_limits_and_scopes(string id)
    {
        if (Slice(id) is not { } slice)
            return;
        var (call, limits) = (Of(id), slice.Operation["x-klaviyo-ratelimit"]!);
        Assert.Equal($"{call.Quota.Burst}/s", (string)limits["burst"]!);
        Assert.Equal($"{call.Quota.Steady}/m", (string)limits["steady"]!);
        Assert.Equal(call.Quota.Daily?.ToString("0'/d'", CultureInfo.InvariantCulture), (string?)limits["daily"]);
        Assert.Equal(slice.Operation["x-klaviyo-scopes"]!.AsArray().Select(s => (string)s!).Order(), call.Scopes.Order());
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_call_accepts_the_documented_parameters(string id)
    {
        if (Slice(id) is not { } slice)
            return;
        var rules = Of(id).Query;
        var described = slice.Operation["parameters"]!
            .AsArray()
            .Select(p => p!.AsObject())
            .Where(p => (string)p["in"]! == "query")
            .ToDictionary(p => (string)p["name"]!, p => p["schema"]!.AsObject());
        var known = rules
            .Fields.Keys.Select(t => $"fields[{t}]")
            .Concat(rules.Additional.Keys.Select(t => $"additional-fields[{t}]"))
            .Concat(rules.Include.Count > 0 ? ["include"] : [])
            .Concat(rules.Sort.Count > 0 ? ["sort"] : [])
            .Concat(rules.Filters.Count > 0 ? ["filter"] : [])
            .Concat(rules.Page is null ? [] : ["page[size]", "page[cursor]"])
            .ToList();
        Assert.Equal([], known.Except(described.Keys));
        Assert.Equal([], described.Keys.Except(known).Except(LeftOut));
        foreach (var (type, names) in rules.Fields)
            Assert.Equal(Names(described[$"fields[{type}]"]), names.Order(StringComparer.Ordinal));
        foreach (var (type, names) in rules.Additional)
            Assert.Equal(Names(described[$"additional-fields[{type}]"]), names.Order(StringComparer.Ordinal));
        if (rules.Page is { } page)
            Assert.Equal((page.Default, page.Max), ((int)described["page[size]"]["default"]!, (int)described["page[size]"]["maximum"]!));
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_call_accepts_only_the_documented_filters(string id)
    {
        if (Slice(id)?.Operation["x-klaviyo-filters"] is not JsonObject filters)
            return;
        foreach (var (field, operators) in Of(id).Query.Filters)
        {
            var described = filters[field]
                ?["operators"]?.AsObject()
                .SelectMany(o => o.Value!.AsArray())
                .Select(o => (string)o!)
                .Distinct()
                .Order();
            Assert.Equal(described, operators.Order());
            var values = (filters[field]?["value"]?["enum"]?.AsArray() ?? []).Select(v => (string)v!).Order(StringComparer.Ordinal);
            Assert.Equal(values, Of(id).Query.FilterValues.GetValueOrDefault(field, []).Order(StringComparer.Ordinal));
        }
    }

    private static Call Of(string id) => CallTable.All.Single(c => c.Id == id);

    private static OpenApiSlice? Slice(string id) => OpenApiSlices.All.SingleOrDefault(s => s.Id == id);

    private static IEnumerable<string> Names(JsonObject schema) =>
        schema["items"]!["enum"]!.AsArray().Select(n => (string)n!).Order(StringComparer.Ordinal);
}
