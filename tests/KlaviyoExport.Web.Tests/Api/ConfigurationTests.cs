using System.Net;
using KlaviyoExport.People;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Api;

[Trait(Needs.Trait, Needs.Time)]
public sealed class ConfigurationTests(DemoApi demo)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_file_of_an_installation_changes_nothing_when_it_is_applied_there()
    {
        await using var app = await TestApp.StartAsync("--Demo:Enabled=true");
        using var program = await OpenAsync(app);

        var response = await program.GetAsync("configuration");
        var file = await response.Content.ReadAsStringAsync(Cancel);
        var plan = await ApiClient.ReadAsync(await program.PostAsync("configuration/plan", file));

        Assert.Equal("application/yaml", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("Newsletter readers to Klaviyo", file, StringComparison.Ordinal);
        Assert.DoesNotContain("pk_", file, StringComparison.Ordinal);
        Assert.Empty(plan["changes"]!.AsArray());
    }

    [Fact]
    public async Task A_change_is_planned_and_applied_only_to_the_state_that_was_seen()
    {
        await using var app = await TestApp.StartAsync("--Demo:Enabled=true");
        using var program = await OpenAsync(app);
        var file = (await (await program.GetAsync("configuration")).Content.ReadAsStringAsync(Cancel)).Replace(
            "name: Newsletter readers to Klaviyo",
            "name: Readers",
            StringComparison.Ordinal
        );

        var plan = await ApiClient.ReadAsync(await program.PostAsync("configuration/plan", file));
        var stale = await program.PostAsync("configuration/apply?state=other", file);
        var applied = await ApiClient.ReadAsync(await program.PostAsync($"configuration/apply?state={plan["state"]}", file));
        var pruned = await ApiClient.ReadAsync(await program.PostAsync("configuration/apply?prune=true", file));

        Assert.Equal(["add", "remove"], plan["changes"]!.AsArray().Select(change => (string)change!["kind"]!).Order());
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
        Assert.True((bool)applied["isComplete"]!);
        Assert.Contains("kept", applied["changes"]!.AsArray().Select(change => (string)change!["outcome"]!));
        Assert.True((bool)pruned["isComplete"]!);
        Assert.Equal("Readers", (string?)Assert.Single((await program.ReadAsync("exports"))["items"]!.AsArray())!["name"]);
    }

    [Fact]
    public async Task Faults_of_a_file_have_their_lines()
    {
        using var program = await demo.OpenAsync();

        var response = await program.PostAsync("configuration/plan", "version: 1\nexport:\n  - name: x\n");

        var problem = await ApiClient.ProblemAsync(response);
        Assert.Equal((422, "invalid"), (problem.Status, problem.Code));
        Assert.Contains("\"line\":2", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_account_cannot_agree_to_data_privacy()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        var administrator = await app.ActorAsync(Role.Administrator);
        var robot = await app
            .Services.GetRequiredService<PeopleService>()
            .AddServiceAccountAsync(administrator, "Robot", Role.Administrator, Cancel);
        var token = await app
            .Services.GetRequiredService<ApiTokens>()
            .CreateAsync(administrator, robot, new NewApiToken("ci", Role.Administrator, ApiClient.AllScopes, 1), Cancel);
        using var program = new ApiClient(app.Address, token.Secret);
        Environment.SetEnvironmentVariable("ROBOT_KEY", "pk_practice00000000000000000000full01");

        var applied = await ApiClient.ReadAsync(
            await program.PostAsync(
                "configuration/apply",
                "version: 1\nconnections:\n  - name: Shop\n    key: { env: ROBOT_KEY }\n    dataPrivacy: I agree\n"
            )
        );

        var change = Assert.Single(applied["changes"]!.AsArray())!;
        Assert.Equal("failed", (string?)change["outcome"]);
        Assert.Contains("service account", (string?)change["text"], StringComparison.Ordinal);
    }

    private static async Task<ApiClient> OpenAsync(TestApp app)
    {
        await using var db = await app.OpenAsync();
        var user = db.Set<AppUser>().Single(user => user.Email == "administrator@demo.example");
        return await ApiClient.OfAsync(app, new Actor(user.Id, user.DisplayName, user.Role));
    }
}
