using System.Net;
using KlaviyoExport.Connections;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>Becoming the export user of a connection by entering the password again.</summary>
public sealed class FreshSignInTests : IAsyncLifetime
{
    private TestApp _app = default!;
    private Actor _administrator = default!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ConnectionDrafts Drafts => _app.Services.GetRequiredService<ConnectionDrafts>();

    public async ValueTask InitializeAsync()
    {
        _app = await TestApp.StartWithPeopleAsync();
        _administrator = await _app.ActorAsync(Role.Administrator);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task The_correct_password_sets_the_export_user_of_a_draft_and_returns_to_it()
    {
        var draft = await StartDraftAsync(_administrator);
        using var browser = await _app.SignInAsync(Role.Administrator);
        using var response = await SubmitAsync(browser, $"/connections/setup/{draft}/export-user", TestApp.Password);

        Assert.Equal($"/connections/setup/{draft}", _app.LeadsTo(response));
        Assert.NotNull((await Drafts.GetAsync(_administrator, draft, Cancel)).ExportUserAt);
    }

    [Fact]
    public async Task The_correct_password_takes_over_a_connection_and_keeps_the_session()
    {
        var connection = await AddConnectionAsync();
        using var browser = await _app.SignInAsync(Role.Administrator);
        using var response = await SubmitAsync(browser, $"/connections/{connection}/export-user", TestApp.Password);

        Assert.Equal($"/connections/{connection}", _app.LeadsTo(response));
        Assert.False(
            response.Headers.TryGetValues("Set-Cookie", out var cookies)
                && cookies.Any(cookie => cookie.StartsWith("klaviyo-export=", StringComparison.Ordinal))
        );
        var (id, name) = await ExportUserAsync(connection);
        Assert.Equal((_administrator.Id, _administrator.Name), (id, name));
    }

    [Fact]
    public async Task A_wrong_password_makes_no_export_user_and_after_five_the_right_one_has_to_wait()
    {
        var connection = await AddConnectionAsync();
        using var browser = await _app.SignInAsync(Role.Administrator);
        var page = $"/connections/{connection}/export-user";
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            using var wrong = await SubmitAsync(browser, page, "not the password");
            Assert.Contains("password is incorrect", await AlertAsync(wrong), StringComparison.Ordinal);
        }
        using var locked = await SubmitAsync(browser, page, TestApp.Password);

        Assert.Contains("five minutes", await AlertAsync(locked), StringComparison.Ordinal);
        Assert.Equal((null, null), await ExportUserAsync(connection));
    }

    [Fact]
    public async Task A_form_without_its_page_s_token_is_refused()
    {
        var connection = await AddConnectionAsync();
        using var browser = await _app.SignInAsync(Role.Administrator);
        using var response = await browser.Http.PostAsync(
            $"/connections/{connection}/export-user",
            new FormUrlEncodedContent(
                new Dictionary<string, string> { ["_handler"] = "export-user", ["Input.Password"] = TestApp.Password }
            ),
            Cancel
        );

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal((null, null), await ExportUserAsync(connection));
    }

    [Fact]
    public async Task The_draft_of_another_administrator_is_not_found()
    {
        var draft = await StartDraftAsync(_administrator with { Id = "another" });
        using var browser = await _app.SignInAsync(Role.Administrator);
        using var response = await browser.GetAsync($"/connections/setup/{draft}/export-user");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty((await Browser.ReadAsync(response)).QuerySelectorAll("main form"));
    }

    private Task<int> StartDraftAsync(Actor owner) => Drafts.StartAsync(owner, Cancel);

    private async Task<int> AddConnectionAsync()
    {
        await using var db = await _app.OpenAsync();
        var connection = new Connection
        {
            Name = "Shop",
            AccountId = "A1",
            AccountName = "Shop",
            ApiKeyEnding = "",
            ConsentBy = "Ana",
            CreatedBy = "Ana",
        };
        db.Add(connection);
        await db.SaveChangesAsync(Cancel);
        return connection.Id;
    }

    private async Task<(string? Id, string? Name)> ExportUserAsync(int connection)
    {
        await using var db = await _app.OpenAsync();
        var found = await db.Set<Connection>().SingleAsync(found => found.Id == connection, Cancel);
        return (found.ExportUserId, found.ExportUserName);
    }

    private static Task<HttpResponseMessage> SubmitAsync(Browser browser, string page, string password) =>
        browser.SubmitAsync(page, "export-user", new() { ["Input.Password"] = password });

    private static async Task<string> AlertAsync(HttpResponseMessage response) =>
        (await Browser.ReadAsync(response)).QuerySelector("main [role=alert] p")!.TextContent;
}
