using System.Net;
using System.Text.Json.Nodes;
using KlaviyoExport.People;
using KlaviyoExport.Tests;

namespace KlaviyoExport.Web.Tests.Api;

[Trait(Needs.Trait, Needs.Time)]
public sealed class ExportTests(DemoApi demo)
{
    [Fact]
    public async Task An_export_is_created_changed_scheduled_and_removed()
    {
        using var program = await demo.OpenAsync();
        var created = await program.PostAsync("exports", await InputAsync(program, "From a program"));
        var export = await ApiClient.ReadAsync(created);
        var at = $"exports/{export["id"]}";

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.EndsWith($"/api/v1/{at}", created.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal("Gold and platinum", (string?)export["segments"]![0]!["name"]);
        Assert.Equal("Ana Administrator", ((string)export["createdBy"]!)[..17]);

        var input = await InputAsync(program, "From a program, renamed");
        input["fields"] = new JsonArray(new JsonObject { ["field"] = "first_name", ["attribute"] = "first_name" });
        var changed = await program.SendAsync(HttpMethod.Put, at, input, ("If-Match", created.Headers.ETag!.Tag));
        Assert.Equal("From a program, renamed", (string?)(await ApiClient.ReadAsync(changed))["name"]);
        Assert.NotEqual(created.Headers.ETag, changed.Headers.ETag);

        var scheduled = await ApiClient.ReadAsync(
            await program.SendAsync(
                HttpMethod.Put,
                at + "/schedule",
                """{"isOn":true,"own":{"kind":"daily","timeZone":"Europe/Belgrade","times":["06:30:00"]},"whenMissed":"runOnce","whenBusy":"wait"}"""
            )
        );
        Assert.NotNull((string?)scheduled["nextRunAt"]);

        Assert.Equal(HttpStatusCode.NoContent, (await program.SendAsync(HttpMethod.Delete, at, null)).StatusCode);
        Assert.Equal("not-found", (await ApiClient.ProblemAsync(await program.GetAsync(at))).Code);
    }

    [Fact]
    public async Task A_change_by_somebody_else_is_not_overwritten()
    {
        using var program = await demo.OpenAsync();
        var created = await program.PostAsync("exports", await InputAsync(program, "Contested"));
        var at = $"exports/{(await ApiClient.ReadAsync(created))["id"]}";
        var seen = ("If-Match", created.Headers.ETag!.Tag);
        await ApiClient.ReadAsync(await program.SendAsync(HttpMethod.Put, at, await InputAsync(program, "Contested, first"), seen));

        var second = await program.SendAsync(HttpMethod.Put, at, await InputAsync(program, "Contested, second"), seen);
        var blind = await program.SendAsync(HttpMethod.Put, at, await InputAsync(program, "Contested, blind"));
        var removal = await program.SendAsync(HttpMethod.Delete, at, null, seen);

        Assert.Equal("changed-meanwhile", (await ApiClient.ProblemAsync(second)).Code);
        Assert.Equal("precondition-required", (await ApiClient.ProblemAsync(blind)).Code);
        Assert.Equal(HttpStatusCode.PreconditionFailed, removal.StatusCode);
        Assert.Equal("Contested, first", (string?)(await program.ReadAsync(at))["name"]);
    }

    [Fact]
    public async Task An_export_that_has_not_changed_is_not_sent_again()
    {
        using var program = await demo.OpenAsync();
        var first = await program.GetAsync("exports/1");

        var second = await program.GetAsync("exports/1", ("If-None-Match", first.Headers.ETag!.Tag));

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task Pages_of_the_list_have_every_export_once()
    {
        using var program = await demo.OpenAsync();
        foreach (var name in new[] { "Page one", "Page two", "Page three" })
            await ApiClient.ReadAsync(await program.PostAsync("exports", await InputAsync(program, name)));

        var (names, cursor) = (new List<string>(), "");
        do
        {
            var page = await program.ReadAsync($"exports?limit=1&search=Page&cursor={cursor}");
            names.AddRange(page["items"]!.AsArray().Select(item => (string)item!["name"]!));
            cursor = (string?)page["next"];
        } while (cursor is not null);

        Assert.Equal(["Page one", "Page two", "Page three"], names);
        var found = await program.ReadAsync("exports?name=Page%20two");
        Assert.Equal("Page two", (string?)Assert.Single(found["items"]!.AsArray())!["name"]);
    }

    [Theory]
    [InlineData(
        """{"name":"x","connectionId":1,"listId":"NwsRdr","sourceId":1,"emailField":"email","segmentIds":[2],"colour":"red"}""",
        "malformed",
        "colour"
    )]
    [InlineData("""{"name":"x"}""", "malformed", "connectionId")]
    [InlineData("""{"name":""", "malformed", "")]
    [InlineData(
        """{"name":"x","connectionId":1,"listId":"NwsRdr","sourceId":1,"emailField":"email","segmentIds":[2],"syncMode":"often"}""",
        "malformed",
        "syncMode"
    )]
    [InlineData("""{"name":"x","connectionId":1,"listId":"NwsRdr","sourceId":1,"emailField":"nothing","segmentIds":[2]}""", "invalid", "")]
    [InlineData("""{"name":"x","connectionId":1,"listId":"NwsRdr","sourceId":1,"emailField":"email","segmentIds":[]}""", "invalid", "")]
    public async Task A_body_that_is_wrong_is_refused_with_the_reason(string body, string code, string named)
    {
        using var program = await demo.OpenAsync();

        var problem = await ApiClient.ProblemAsync(await program.PostAsync("exports", body));

        Assert.Equal(code, problem.Code);
        Assert.Contains(named, problem.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("KlaviyoExport.", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_problem_names_the_page_about_its_message()
    {
        using var program = await demo.OpenAsync();
        const string Body = """{"name":"x","connectionId":1,"listId":"NwsRdr","sourceId":1,"emailField":"EMAIL","segmentIds":[2]}""";

        var unknown = await program.PostAsync("exports", Body.Replace("EMAIL", "nothing", StringComparison.Ordinal));
        var incomplete = await program.PostAsync("exports", Body.Replace("EMAIL", "", StringComparison.Ordinal));

        Assert.Equal("/help/troubleshooting#exportsfieldgone", (string?)await HelpAsync(unknown));
        Assert.Null(await HelpAsync(incomplete));

        static async Task<JsonNode?> HelpAsync(HttpResponseMessage problem) =>
            JsonNode.Parse(await problem.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["help"];
    }

    [Theory]
    [InlineData("exports?limit=0", "limit must be between 1 and 200.")]
    [InlineData("exports?limit=201", "limit must be between 1 and 200.")]
    [InlineData("exports?limit=many", "limit must be a whole number, not \"many\".")]
    [InlineData("exports?cursor=%21%21", "cursor is not valid.")]
    [InlineData("runs?cursor=abc", "cursor is not valid.")]
    [InlineData("runs?state=sleeping", "state must be one of queued, ")]
    [InlineData("runs?exportId=1&limit=1.5", "limit must be a whole number, not \"1.5\".")]
    [InlineData("exports?limit=1&limit=2", "limit must be a whole number, not \"1,2\".")]
    [InlineData("audit?since=yesterday", "Since must be a time, such as ")]
    public async Task A_parameter_that_is_wrong_is_refused_with_what_it_may_be(string path, string reason)
    {
        using var program = await demo.OpenAsync();

        var problem = await ApiClient.ProblemAsync(await program.GetAsync(path));

        Assert.Equal((400, "malformed"), (problem.Status, problem.Code));
        Assert.StartsWith(reason, problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Problems_are_in_the_language_that_the_program_asks_for()
    {
        using var program = await demo.OpenAsync(Role.Viewer);

        var problem = await ApiClient.ProblemAsync(
            await program.SendAsync(HttpMethod.Delete, "exports/1", null, ("Accept-Language", "ca"))
        );

        Assert.Equal("not-allowed", problem.Code);
        Assert.DoesNotContain("allowed", problem.Detail, StringComparison.Ordinal);
    }

    internal static async Task<JsonObject> InputAsync(ApiClient program, string name)
    {
        var template = await program.ReadAsync("exports/1");
        var segments = (await program.ReadAsync("segments"))["items"]!.AsArray();
        return new JsonObject
        {
            ["name"] = name,
            ["connectionId"] = (int)template["connection"]!["id"]!,
            ["listId"] = (string)template["list"]!["id"]!,
            ["sourceId"] = (int)template["source"]!["id"]!,
            ["emailField"] = "email",
            ["segmentIds"] = new JsonArray((int)segments.Single(segment => (string?)segment!["name"] == "Gold and platinum")!["id"]!),
        };
    }
}
