using System.Net;
using KlaviyoExport.People;
using KlaviyoExport.Web.Security;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>The link to set a password, and the changes a person makes to their own account.</summary>
public sealed class PasswordLinkTests : IAsyncLifetime
{
    private const string Chosen = "seven green lamps";
    private TestApp _app = default!;
    private Actor _administrator = default!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await TestApp.StartWithPeopleAsync();
        _administrator = await _app.ActorAsync(Role.Administrator);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_person_who_was_added_sets_a_password_with_the_link_and_signs_in_with_it()
    {
        var id = await _app
            .Services.GetRequiredService<PeopleService>()
            .AddAsync(_administrator, new NewPerson("Miles", "o'brien@example.com", Role.Operator), Cancel);
        using var browser = _app.Open();
        using var set = await SetAsync(browser, await MakeAsync(id), Chosen, Chosen);

        Assert.Equal("/sign-in?passwordSet=true", _app.LeadsTo(set));
        Assert.Equal("/", await SignInAsync(browser, "o'brien@example.com", Chosen));
    }

    [Fact]
    public async Task A_link_of_a_person_who_cannot_sign_in_yet_survives_a_change_of_role()
    {
        var people = _app.Services.GetRequiredService<PeopleService>();
        var id = await people.AddAsync(_administrator, new NewPerson("Miles", "miles@example.com", Role.Operator), Cancel);
        var link = await MakeAsync(id);

        await people.ChangeRoleAsync(_administrator, id, Role.Viewer, Cancel);

        using var browser = _app.Open();
        using var set = await SetAsync(browser, link, Chosen, Chosen);
        Assert.Equal("/sign-in?passwordSet=true", _app.LeadsTo(set));
    }

    [Fact]
    public async Task A_link_works_once_and_makes_every_other_link_invalid()
    {
        var id = (await _app.ActorAsync(Role.Viewer)).Id;
        var (first, second) = (await MakeAsync(id), await MakeAsync(id));
        using var browser = _app.Open();
        (await SetAsync(browser, second, Chosen, Chosen)).Dispose();

        foreach (var link in new[] { first, second })
            Assert.Equal("This link is not valid", (await browser.ReadAsync(link)).QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task Setting_a_password_ends_existing_sessions()
    {
        using var thief = await _app.SignInAsync(Role.Viewer);
        var stamp = await StampAsync(Role.Viewer);
        using var browser = _app.Open();
        (await SetAsync(browser, await MakeAsync((await _app.ActorAsync(Role.Viewer)).Id), Chosen, Chosen)).Dispose();

        Assert.NotEqual(stamp, await StampAsync(Role.Viewer));
        Assert.Null(await SignInAsync(browser, TestApp.EmailOf(Role.Viewer), TestApp.Password));
    }

    [Theory]
    [InlineData("short", "short", "at least 12")]
    [InlineData("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "different characters")]
    [InlineData(Chosen, "seven green lumps", "do not match")]
    public async Task An_unacceptable_password_leaves_the_link_valid(string password, string again, string message)
    {
        var link = await MakeAsync((await _app.ActorAsync(Role.Viewer)).Id);
        using var browser = _app.Open();
        using var refused = await SetAsync(browser, link, password, again);

        Assert.Contains(message, await AlertAsync(refused), StringComparison.Ordinal);
        using var set = await SetAsync(browser, link, Chosen, Chosen);
        Assert.Equal(HttpStatusCode.Redirect, set.StatusCode);
    }

    [Fact]
    public async Task A_link_is_valid_for_one_person_only()
    {
        var link = await MakeAsync((await _app.ActorAsync(Role.Viewer)).Id);
        using var browser = _app.Open();
        var stolen = await browser.ReadAsync(
            link.Replace((await _app.ActorAsync(Role.Viewer)).Id, _administrator.Id, StringComparison.Ordinal)
        );

        Assert.Equal("This link is not valid", stolen.QuerySelector("h1")!.TextContent);
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    [InlineData(Role.Contributor)]
    public async Task Only_administrators_create_links(Role role)
    {
        var actor = await _app.ActorAsync(role);

        await Assert.ThrowsAsync<NotAllowedException>(() =>
            _app.Services.GetRequiredService<PasswordLinks>().MakeAsync(actor, _administrator.Id, Cancel)
        );
    }

    [Fact]
    public async Task A_person_changes_their_password_and_stays_signed_in_here_alone()
    {
        using var here = await _app.SignInAsync(Role.Viewer);
        var stamp = await StampAsync(Role.Viewer);
        using var wrong = await ChangeAsync(here, "not the password");
        Assert.Contains("password is incorrect", await AlertAsync(wrong), StringComparison.Ordinal);
        Assert.Equal(stamp, await StampAsync(Role.Viewer));

        using var right = await ChangeAsync(here, TestApp.Password);
        Assert.Equal("/account?saved=true", _app.LeadsTo(right));
        using var after = await here.GetAsync("/exports");
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.NotEqual(stamp, await StampAsync(Role.Viewer));
    }

    [Fact]
    public async Task A_person_changes_their_display_name()
    {
        using var browser = await _app.SignInAsync(Role.Viewer);
        using var response = await browser.SubmitAsync("/account", "name", new() { ["Name"] = "Вера" });

        Assert.Equal("/account?saved=true", _app.LeadsTo(response));
        Assert.Contains(
            "Вера",
            (await browser.ReadAsync("/account")).QuerySelector("#user .popup-note")!.TextContent,
            StringComparison.Ordinal
        );
    }

    private async Task<string> MakeAsync(string id) =>
        "/" + await _app.Services.GetRequiredService<PasswordLinks>().MakeAsync(_administrator, id, Cancel);

    private async Task<string?> StampAsync(Role role)
    {
        await using var db = await _app.OpenAsync();
        return db.Set<AppUser>().Single(user => user.Email == TestApp.EmailOf(role)).SecurityStamp;
    }

    private static Task<HttpResponseMessage> SetAsync(Browser browser, string link, string password, string again) =>
        browser.SubmitAsync(link, "set-password", new() { ["Input.Password"] = password, ["Input.Again"] = again });

    private static Task<HttpResponseMessage> ChangeAsync(Browser browser, string current) =>
        browser.SubmitAsync(
            "/account",
            "password",
            new()
            {
                ["Input.Current"] = current,
                ["Input.Password"] = Chosen,
                ["Input.Again"] = Chosen,
            }
        );

    private async Task<string?> SignInAsync(Browser browser, string email, string password)
    {
        using var response = await browser.SubmitAsync(
            "/sign-in",
            "sign-in",
            new() { ["Input.Email"] = email, ["Input.Password"] = password }
        );
        return _app.LeadsTo(response);
    }

    private static async Task<string> AlertAsync(HttpResponseMessage response) =>
        (await Browser.ReadAsync(response)).QuerySelector("[role=alert] p")!.TextContent;
}
