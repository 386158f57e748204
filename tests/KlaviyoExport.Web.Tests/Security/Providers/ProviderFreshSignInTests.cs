using KlaviyoExport.Connections;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Tests.Security.Providers;

/// <summary>Becoming the export user of a connection by signing in with the provider again.</summary>
public sealed class ProviderFreshSignInTests : IAsyncLifetime
{
    private SmallProvider _provider = default!;
    private TestApp _app = default!;
    private Browser _browser = default!;
    private int _connection;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Page => $"/connections/{_connection}/export-user";

    public async ValueTask InitializeAsync()
    {
        _provider = await SmallProvider.StartAsync();
        _provider.Email = TestApp.EmailOf(Role.Administrator);
        _app = await TestApp.StartWithPeopleAsync(_provider.Settings);
        _browser = _app.Open();
        (await _browser.FollowAsync("/sign-in/provider")).Dispose();
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
        _connection = connection.Id;
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task A_fresh_sign_in_at_the_provider_sets_the_export_user()
    {
        using var response = await _browser.FollowAsync(await LinkAsync());

        Assert.Equal($"/connections/{_connection}", response.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal(("login", "0"), (_provider.Asked["prompt"], _provider.Asked["max_age"]));
        Assert.Equal("Administrator", await ExportUserAsync());
    }

    [Fact]
    public async Task A_sign_in_of_an_hour_ago_does_not_count()
    {
        _provider.HonoursPrompt = false;

        Assert.Contains("did not ask you to sign in again", await RefusedAsync(await LinkAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_without_a_time_of_sign_in_does_not_count_as_a_fresh_sign_in()
    {
        _provider.Lie = token => token.Claims.Remove("auth_time");

        Assert.Contains("did not ask you to sign in again", await RefusedAsync(await LinkAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_in_as_somebody_else_does_not_count()
    {
        _provider.Subject = "subject-2";

        Assert.Contains("as a different person", await RefusedAsync(await LinkAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_demoted_during_the_sign_in_does_not_become_the_export_user()
    {
        var link = await LinkAsync();
        using var away = await _browser.GetAsync(link);
        await _app.ChangeAsync(Role.Administrator, user => user.Role = Role.Viewer);
        using var response = await _browser.FollowAsync(away.Headers.Location!.AbsoluteUri);

        Assert.NotEqual($"/connections/{_connection}", response.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Null(await ExportUserAsync());
    }

    [Theory]
    [InlineData("access_denied", "was canceled")]
    [InlineData("login_required", "was not completed")]
    public async Task A_refusal_of_the_provider_returns_to_the_page_with_a_message(string error, string message)
    {
        _provider.Refuses = error;

        Assert.Contains(message, await RefusedAsync(await LinkAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_of_another_administrator_or_an_invented_one_is_invalid()
    {
        using var other = _app.Open();
        await other.SubmitAsync(
            "/sign-in",
            "sign-in",
            new() { ["Input.Email"] = "first@example.com", ["Input.Password"] = TestApp.Password }
        );
        using var stolen = await other.GetAsync(await LinkAsync());
        using var invented = await _browser.GetAsync("/sign-in/provider/anew?ticket=made-up");

        Assert.Equal("/connections", _app.LeadsTo(stolen));
        Assert.Equal("/connections", _app.LeadsTo(invented));
    }

    private async Task<string> LinkAsync() =>
        (await _browser.ReadAsync(Page))
            .QuerySelectorAll("main a")
            .Single(link => link.TextContent == "Sign in again with Small Provider")
            .GetAttribute("href")!;

    private async Task<string> RefusedAsync(string link)
    {
        using var response = await _browser.FollowAsync(link);
        Assert.Equal(Page, response.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Null(await ExportUserAsync());
        return (await Browser.ReadAsync(response)).QuerySelector("main [role=alert] p")!.TextContent;
    }

    private async Task<string?> ExportUserAsync()
    {
        await using var db = await _app.OpenAsync();
        return await db.Set<Connection>()
            .Where(connection => connection.Id == _connection)
            .Select(connection => connection.ExportUserName)
            .SingleAsync(Cancel);
    }
}
