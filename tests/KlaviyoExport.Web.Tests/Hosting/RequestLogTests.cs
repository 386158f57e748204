using System.Text.Json;
using KlaviyoExport.People;
using KlaviyoExport.Web.Security;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Hosting;

/// <summary>Each request is one log line, without any content of the request.</summary>
public sealed class RequestLogTests : IAsyncDisposable
{
    private static readonly string[] Allowed = ["Method", "Route", "Status", "Milliseconds", "UserId", "RunId"];
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"klaviyo-export-{Guid.NewGuid():N}-.log");
    private TestApp? _app;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private TestApp App => _app!;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        foreach (var file in Files())
            File.Delete(file);
    }

    [Fact]
    public async Task A_request_is_one_log_line_with_method_route_status_time_and_person()
    {
        await StartAsync();
        var viewer = await App.ActorAsync(Role.Viewer);
        using var browser = await App.SignInAsync(Role.Viewer);
        (await browser.GetAsync("/exports?search=ana%40example.com")).Dispose();

        var line = Single(await RequestsAsync(), "/exports");
        Assert.Equal(("GET", 200, viewer.Id, null), (line.Text("Method"), line.Number("Status"), line.Text("UserId"), line.Text("RunId")));
        Assert.InRange(line.Value("Milliseconds")!.Value.GetDouble(), 0.001, 60_000);
    }

    [Fact]
    public async Task A_file_of_a_run_names_the_run()
    {
        await StartAsync();
        using var browser = await App.SignInAsync(Role.Administrator);
        (await browser.GetAsync("/runs/4711/rejections.csv?reason=Invalid")).Dispose();
        (await browser.GetAsync("/runs/4712")).Dispose();

        var lines = await RequestsAsync();
        Assert.Equal("4711", Single(lines, "/runs/{id:int}/rejections.csv").Text("RunId"));
        Assert.Equal("4712", Single(lines, "/runs/{Id:int}").Text("RunId"));
    }

    [Theory]
    [InlineData("Text")]
    [InlineData("Json")]
    public async Task No_content_of_a_request_is_logged(string format)
    {
        await StartAsync(
            $"--Log:Format={format}",
            "--Serilog:MinimumLevel:Default=Debug",
            "--Serilog:MinimumLevel:Override:Microsoft=Information"
        );
        var administrator = await App.ActorAsync(Role.Administrator);
        var link = await App.Services.GetRequiredService<PasswordLinks>().MakeAsync(administrator, administrator.Id, Cancel);
        using var browser = App.Open();
        await browser.SubmitAsync(
            "/sign-in?returnUrl=%2Fsecret-place",
            "sign-in",
            new() { ["Input.Email"] = TestApp.EmailOf(Role.Viewer), ["Input.Password"] = "wrong-secret" }
        );
        (await browser.GetAsync("/" + link)).Dispose();
        (await browser.GetAsync("/setup/one-time-token")).Dispose();
        (await browser.GetAsync("/nowhere/ana@example.com?x=secret-query")).Dispose();

        var log = await TextAsync();
        foreach (
            var secret in (string[])
                [
                    "secret-place",
                    "wrong-secret",
                    "viewer@example.com",
                    "one-time-token",
                    "ana@example.com",
                    "secret-query",
                    link.Split("token=")[1],
                    "127.0.0.1:5",
                ]
        )
            Assert.DoesNotContain(secret, log, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("unmatched", log, StringComparison.Ordinal);
        Assert.Contains("/set-password", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_URL_without_a_page_is_logged_as_unmatched()
    {
        await StartAsync();
        using var browser = await App.SignInAsync(Role.Viewer);
        (await browser.GetAsync("/nowhere/ana@example.com")).Dispose();

        Assert.Equal(404, Single(await RequestsAsync(), "unmatched").Number("Status"));
    }

    [Fact]
    public async Task A_page_that_fails_is_an_error_of_its_own_route()
    {
        await StartAsync();
        using var browser = await App.SignInAsync(Role.Administrator);
        await using (var db = await App.OpenAsync())
            await Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.ExecuteSqlRawAsync(
                db.Database,
                "ALTER TABLE \"AuditEntries\" RENAME TO \"Gone\"",
                Cancel
            );
        (await browser.GetAsync("/system/audit")).Dispose();

        var line = Single(await RequestsAsync(), "/system/audit");
        Assert.Equal((500, "Error"), (line.Number("Status"), line.Level));
    }

    [Fact]
    public async Task Static_files_and_health_checks_are_not_logged()
    {
        await StartAsync();
        using var browser = App.Open();
        (await browser.GetAsync("/health/ready")).Dispose();
        (await browser.GetAsync("/app.css")).Dispose();
        (await browser.GetAsync("/sign-in")).Dispose();

        Assert.Equal(["/sign-in"], (await RequestsAsync()).Select(line => line.Text("Route")));
    }

    private async Task StartAsync(params string[] settings) =>
        _app = await TestApp.StartWithPeopleAsync([
            $"--Log:File={_file}",
            "--Log:Format=Json",
            "--Serilog:MinimumLevel:Override:Serilog.AspNetCore.RequestLoggingMiddleware=Information",
            .. settings,
        ]);

    private static Line Single(IEnumerable<Line> lines, string route) => Assert.Single(lines, line => line.Text("Route") == route);

    /// <summary>The log lines of requests. Each has the allowed properties only.</summary>
    private async Task<IReadOnlyList<Line>> RequestsAsync()
    {
        Line[] lines =
        [
            .. (await TextAsync())
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(text => new Line(JsonDocument.Parse(text).RootElement))
                .Where(line => line.Value("Route") is not null),
        ];
        Assert.All(lines, line => Assert.Empty(line.Names.Except([.. Allowed, "SourceContext", "RequestId", "ConnectionId"])));
        return lines;
    }

    /// <summary>The whole log of a stopped application.</summary>
    private async Task<string> TextAsync()
    {
        await App.DisposeAsync();
        _app = null;
        return await File.ReadAllTextAsync(Assert.Single(Files()), Cancel);
    }

    private string[] Files() => Directory.GetFiles(Path.GetTempPath(), Path.GetFileNameWithoutExtension(_file) + "*");

    private sealed record Line(JsonElement Event)
    {
        public IEnumerable<string> Names => Event.GetProperty("Properties").EnumerateObject().Select(property => property.Name);

        public string? Level => Event.GetProperty(nameof(Level)).GetString();

        public JsonElement? Value(string name) => Event.GetProperty("Properties").TryGetProperty(name, out var value) ? value : null;

        public string? Text(string name) => Value(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

        public int Number(string name) => Value(name)!.Value.GetInt32();
    }
}
