using System.Net;
using System.Text.Json.Nodes;
using KlaviyoExport.People;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Tests;

namespace KlaviyoExport.Web.Tests.Api;

[Trait(Needs.Trait, Needs.Time)]
public sealed class RunTests(DemoApi demo)
{
    private static readonly (string, string) Wait = ("Prefer", "wait=60");

    private const string Address = @"[^\s""]@\w";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_runs_an_export_and_waits_for_its_end()
    {
        using var program = await demo.OpenAsync();
        var export = await AddExportAsync(program, "Waited for");

        var response = await program.PostAsync($"exports/{export}/runs", null, Wait);
        var run = await ApiClient.ReadAsync(response);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("wait=60", response.Headers.GetValues("Preference-Applied").Single());
        Assert.True((bool)run["isFinal"]!);
        Assert.Equal("completedWithWarnings", (string?)run["status"]);
        var ledger = run["ledger"]!;
        Assert.True((bool)ledger["addsUp"]!);
        Assert.Equal(2030, (long)ledger["members"]!);
        Assert.Null(run["summary"]);
        Assert.Contains("(", (string)run["requestedBy"]!, StringComparison.Ordinal);
        Assert.NotEmpty(run["timeline"]!.AsArray());
        var listed = await program.ReadAsync($"runs?exportId={export}&state=completedWithWarnings");
        Assert.Equal((int)run["id"]!, (int)Assert.Single(listed["items"]!.AsArray())!["id"]!);
    }

    [Fact]
    public async Task Without_waiting_the_answer_tells_where_to_ask()
    {
        using var program = await demo.OpenAsync();
        var export = await AddExportAsync(program, "Not waited for");

        var response = await program.PostAsync($"exports/{export}/runs");
        var run = await ApiClient.ReadAsync(response);
        var ended = await ApiClient.ReadAsync(await program.GetAsync($"runs/{run["id"]}", Wait));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.EndsWith($"/api/v1/runs/{run["id"]}", response.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.True((bool)ended["isFinal"]!);
    }

    [Fact]
    public async Task A_request_that_is_sent_twice_with_one_key_starts_one_run()
    {
        using var program = await demo.OpenAsync();
        var export = await AddExportAsync(program, "Sent twice");
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());

        var first = await ApiClient.ReadAsync(await program.PostAsync($"exports/{export}/runs", null, key, Wait));
        var again = await program.PostAsync($"exports/{export}/runs", null, key, Wait);
        var other = await program.PostAsync($"exports/{export}/runs?sendEverything=true", null, key);

        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(first.ToJsonString(), (await ApiClient.ReadAsync(again)).ToJsonString());
        Assert.Equal((422, "idempotency-key"), (await ApiClient.ProblemAsync(other)) is var (status, code, _) ? (status, code) : default);
        Assert.Single((await program.ReadAsync($"runs?exportId={export}"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Two_requests_with_one_key_at_once_start_one_run()
    {
        using var program = await demo.OpenAsync();
        var export = await AddExportAsync(program, "Sent at once");
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => program.PostAsync($"exports/{export}/runs", null, key, Wait)));

        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Conflict }));
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.OK && !answer.Headers.Contains("Idempotency-Replayed"));
        Assert.Single((await program.ReadAsync($"runs?exportId={export}"))["items"]!.AsArray());
    }

    [Fact]
    public async Task A_request_that_was_refused_can_be_sent_again_with_its_key()
    {
        using var program = await demo.OpenAsync();
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var input = await ExportTests.InputAsync(program, "Refused first");
        var wrong = (JsonObject)input.DeepClone();
        wrong["emailField"] = "nothing";

        Assert.Equal("invalid", (await ApiClient.ProblemAsync(await program.PostAsync("exports", wrong, key))).Code);
        var created = await program.PostAsync("exports", input, key);

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
    }

    [Fact]
    public async Task Rejections_are_read_as_lines_of_JSON_or_as_CSV_with_addresses_only_for_those_who_may_see_them()
    {
        using var program = await demo.OpenAsync();
        using var blind = await demo.OpenAsync(scopes: ApiScopes.Read);
        using var viewer = await demo.OpenAsync(Role.Viewer);
        var export = await AddExportAsync(program, "Rejections");
        var run = await ApiClient.ReadAsync(await program.PostAsync($"exports/{export}/runs", null, Wait));
        var at = $"runs/{run["id"]}/rejections";

        var lines = (await (await program.GetAsync(at)).Content.ReadAsStringAsync(Cancel))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!)
            .ToList();
        var csv = await (await program.GetAsync(at, ("Accept", "text/csv"))).Content.ReadAsStringAsync(Cancel);

        Assert.Equal(run["rejections"]!.AsArray().Sum(reason => (int)reason!["count"]!), lines.Count);
        Assert.Contains(lines, line => ((string?)line["email"])?.Contains('@', StringComparison.Ordinal) == true);
        Assert.Equal(lines.Count + 1, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        foreach (var other in new[] { blind, viewer })
        {
            Assert.DoesNotMatch(Address, await (await other.GetAsync(at)).Content.ReadAsStringAsync(Cancel));
            Assert.DoesNotMatch(Address, await (await other.GetAsync(at, ("Accept", "text/csv"))).Content.ReadAsStringAsync(Cancel));
        }
        var duplicates = await (await program.GetAsync(at + "?reason=duplicateEmail")).Content.ReadAsStringAsync(Cancel);
        Assert.All(
            duplicates.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Equal("duplicateEmail", (string?)JsonNode.Parse(line)!["reason"])
        );
    }

    [Fact]
    public async Task A_run_that_has_ended_is_retried_and_undone_but_not_canceled_or_approved()
    {
        using var program = await demo.OpenAsync();
        // A list of its own: a run can be undone only while no later one has worked on the list.
        var export = await AddExportAsync(program, "Ended", "Brthd4");
        var run = await ApiClient.ReadAsync(await program.PostAsync($"exports/{export}/runs", null, Wait));
        var at = $"runs/{run["id"]}";

        Assert.Equal("refused", (await ApiClient.ProblemAsync(await program.PostAsync(at + "/cancel"))).Code);
        Assert.Equal("refused", (await ApiClient.ProblemAsync(await program.PostAsync(at + "/approve"))).Code);
        Assert.Equal("refused", (await ApiClient.ProblemAsync(await program.PostAsync(at + "/reject"))).Code);
        var retry = await ApiClient.ReadAsync(await program.PostAsync(at + "/retry?reason=refused", null, Wait));
        Assert.Equal((int)run["id"]!, (int)retry["retriesRunId"]!);
        var undo = await ApiClient.ReadAsync(await program.PostAsync($"runs/{retry["id"]}/undo", null, Wait));
        Assert.True((bool)undo["isFinal"]!);
    }

    [Fact]
    public async Task A_source_is_loaded_and_a_segment_counted()
    {
        using var program = await demo.OpenAsync();
        var source = Assert.Single((await program.ReadAsync("sources"))["items"]!.AsArray())!;
        var segment = (await program.ReadAsync("segments"))["items"]![0]!;

        var loaded = await ApiClient.ReadAsync(await program.PostAsync($"sources/{source["id"]}/load"));
        var counted = await ApiClient.ReadAsync(await program.PostAsync($"segments/{segment["id"]}/count"));

        Assert.Equal(5000, (long)loaded["profiles"]!);
        Assert.True((long)counted["members"]! > 0);
        Assert.Equal("not-found", (await ApiClient.ProblemAsync(await program.PostAsync("sources/999/load"))).Code);
        var status = await program.ReadAsync("status");
        Assert.Equal("Customers", (string?)status["sources"]![0]!["name"]);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("exports/one")]
    [InlineData("runs/0")]
    [InlineData("exports/2147483647")]
    [InlineData("exports/99999999999999")]
    public async Task An_address_that_does_not_exist_is_a_problem_too(string path)
    {
        using var program = await demo.OpenAsync();

        Assert.Equal(
            (404, "not-found"),
            (await ApiClient.ProblemAsync(await program.GetAsync(path))) is var (status, code, _) ? (status, code) : default
        );
    }

    private static async Task<int> AddExportAsync(ApiClient program, string name, string? listId = null)
    {
        var input = await ExportTests.InputAsync(program, name);
        if (listId is not null)
            input["listId"] = listId;
        return (int)(await ApiClient.ReadAsync(await program.PostAsync("exports", input)))["id"]!;
    }
}
