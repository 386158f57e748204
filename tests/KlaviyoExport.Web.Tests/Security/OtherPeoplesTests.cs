using System.Net;
using System.Text.Json.Nodes;
using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Demo;
using KlaviyoExport.Web.Tests.Api;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>
/// A contributor who knows or guesses the id of something on a connection that is not shared changes nothing and downloads no customers.
/// Viewing exports and runs is open to everybody who is signed in, see Api/RoleTests.
/// </summary>
[Trait(Needs.Trait, Needs.Time)]
public sealed class OtherPeoplesTests(OtherPeoplesTests.Unshared demo) : IClassFixture<OtherPeoplesTests.Unshared>
{
    private static readonly string[] Guesses =
    [
        "999999",
        "0",
        "-1",
        "2147483647",
        "2147483648",
        "1%20OR%201=1",
        "1'--",
        "..%2F1",
        "%00",
        "x",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Changes =>
        new()
        {
            { "PUT", "exports/{export}" },
            { "PUT", "exports/{export}/schedule" },
            { "DELETE", "exports/{export}" },
            { "POST", "exports/{export}/runs" },
            { "POST", "runs/{run}/cancel" },
            { "POST", "runs/{run}/approve" },
            { "POST", "runs/{run}/reject" },
            { "POST", "runs/{run}/retry" },
            { "POST", "runs/{run}/undo" },
            { "POST", "exports" },
        };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Nothing_on_a_connection_that_is_not_shared_is_changed(string method, string path)
    {
        var before = await demo.StateAsync();

        using var response = await demo.SendAsync(
            method,
            path.Replace("{export}", $"{demo.ExportId}", StringComparison.Ordinal)
                .Replace("{run}", $"{demo.RunId}", StringComparison.Ordinal)
        );

        Assert.Equal("not-allowed", (await ApiClient.ProblemAsync(response)).Code);
        Assert.Equal(before, await demo.StateAsync());
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_guessed_id_finds_nothing(string method, string path)
    {
        if (!path.Contains('{', StringComparison.Ordinal))
            return;
        var before = await demo.StateAsync();
        foreach (var guess in Guesses.Append($"{demo.RemovedId}"))
        {
            using var response = await demo.SendAsync(
                method,
                path.Replace("{export}", guess, StringComparison.Ordinal).Replace("{run}", guess, StringComparison.Ordinal)
            );

            Assert.Contains(response.StatusCode, (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.BadRequest]);
        }
        Assert.Equal(before, await demo.StateAsync());
    }

    [Fact]
    public async Task The_customers_of_a_run_are_not_downloaded_without_a_share()
    {
        foreach (var id in Guesses.Prepend($"{demo.RunId}"))
        {
            using var response = await demo.Browser.GetAsync($"/runs/{id}/rejected-profiles.csv");

            Assert.False(response.IsSuccessStatusCode, $"{id}: {response.StatusCode}");
            Assert.NotEqual(HttpStatusCode.InternalServerError, response.StatusCode);
        }
        using var owners = await demo.Administrator.GetAsync($"/runs/{demo.RunId}/rejected-profiles.csv");
        Assert.Equal(HttpStatusCode.OK, owners.StatusCode);
    }

    [Fact]
    public async Task The_form_of_an_export_is_not_opened_without_a_share()
    {
        var page = await demo.Browser.ReadAsync($"/exports/{demo.ExportId}/edit");
        var own = await demo.Administrator.ReadAsync($"/exports/{demo.ExportId}/edit");

        Assert.Empty(page.QuerySelectorAll("main form"));
        Assert.NotEmpty(own.QuerySelectorAll("main form"));
    }

    /// <summary>The demo with a run, whose connection is not shared any more.</summary>
    public sealed class Unshared : IAsyncLifetime
    {
        private static readonly JsonNode Schedule = JsonNode.Parse(
            """{"isOn":true,"own":{"kind":"daily","timeZone":"Europe/Belgrade","times":["06:30:00"]},"whenMissed":"runOnce","whenBusy":"wait"}"""
        )!;

        private TestApp _app = default!;
        private ApiClient _program = default!;
        private JsonNode _input = default!;

        internal Browser Browser { get; private set; } = default!;

        internal Browser Administrator { get; private set; } = default!;

        internal int ExportId { get; private set; }

        internal int RemovedId { get; private set; }

        internal int RunId { get; private set; }

        public async ValueTask InitializeAsync()
        {
            _app = await TestApp.StartAsync("--Demo:Enabled=true", "--Api:RequestsPerMinute=100000");
            await using var db = await _app.OpenAsync();
            using (var owner = await ApiClient.OfAsync(_app, await ActorAsync(db, Role.Administrator)))
            {
                ExportId = 1;
                RunId = (int)(await ApiClient.ReadAsync(await owner.PostAsync("exports/1/runs", null, ("Prefer", "wait=60"))))["id"]!;
                _input = await ExportTests.InputAsync(owner, "Taken over");
                var removed = await ApiClient.ReadAsync(await owner.PostAsync("exports", _input.DeepClone()));
                RemovedId = (int)removed["id"]!;
                Assert.Equal(
                    HttpStatusCode.NoContent,
                    (await owner.SendAsync(HttpMethod.Delete, $"exports/{RemovedId}", null, ("If-Match", "*"))).StatusCode
                );
            }
            await db.Set<Connection>()
                .ExecuteUpdateAsync(set => set.SetProperty(connection => connection.Sharing, Sharing.Administrators), Cancel);
            await db.Set<Export>().ExecuteUpdateAsync(set => set.SetProperty(export => export.OwnerId, (string?)null), Cancel);
            _program = await ApiClient.OfAsync(_app, await ActorAsync(db, Role.Contributor));
            (Browser, Administrator) = (await SignInAsync(Role.Contributor), await SignInAsync(Role.Administrator));
        }

        public async ValueTask DisposeAsync()
        {
            Browser.Dispose();
            Administrator.Dispose();
            _program.Dispose();
            await _app.DisposeAsync();
        }

        /// <summary>Sends a request of the contributor, with what it needs.</summary>
        internal Task<HttpResponseMessage> SendAsync(string method, string path) =>
            _program.SendAsync(
                new HttpMethod(method),
                path,
                path.EndsWith("/schedule", StringComparison.Ordinal) ? Schedule.DeepClone()
                    : path == "exports" || method == "PUT" ? _input.DeepClone()
                    : null,
                ("If-Match", "*")
            );

        /// <summary>Everything of exports and runs that could be changed.</summary>
        internal async Task<string> StateAsync()
        {
            await using var db = await _app.OpenAsync();
            var exports = await db.Set<Export>()
                .Select(export => $"{export.Id} {export.Name} {export.Version} {export.NextRunAt}")
                .ToListAsync(Cancel);
            var runs = await db.Set<Run>()
                .Select(run => $"{run.Id} {run.State} {run.CancelRequestedBy} {run.ApprovedBy}")
                .ToListAsync(Cancel);
            return string.Join('\n', exports.Concat(runs));
        }

        private static async Task<Actor> ActorAsync(DbContext db, Role role)
        {
            var email = DemoAccounts.All.Single(account => account.Role == role).Email;
            var user = await db.Set<AppUser>().SingleAsync(user => user.Email == email, Cancel);
            return new Actor(user.Id, user.DisplayName, user.Role);
        }

        private async Task<Browser> SignInAsync(Role role)
        {
            var browser = _app.Open();
            await browser.SubmitAsync(
                "/sign-in",
                "sign-in",
                new()
                {
                    ["Input.Email"] = DemoAccounts.All.Single(account => account.Role == role).Email,
                    ["Input.Password"] = DemoAccounts.Password,
                }
            );
            return browser;
        }
    }
}
