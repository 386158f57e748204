using KlaviyoExport.People;
using KlaviyoExport.People.SignIns;
using KlaviyoExport.Web.Security;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>Guessing passwords and codes at the sign-in page. The clients come through a proxy, so each has an address of its own.</summary>
public sealed class ThrottleTests : IAsyncLifetime
{
    private const string Home = "198.51.100.7";
    private const string Guesser = "203.0.113.9";

    private TestApp _app = default!;

    public async ValueTask InitializeAsync() => _app = await TestApp.StartWithPeopleAsync("--Proxy:Addresses:0=127.0.0.1");

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task After_five_wrong_passwords_a_known_and_an_unknown_address_get_the_same_answer()
    {
        using var browser = Open(Guesser);
        await GuessAsync(browser, TestApp.EmailOf(Role.Contributor), 5);
        await GuessAsync(browser, "nobody@example.com", 5);

        var known = await AnswerAsync(browser, TestApp.EmailOf(Role.Contributor), "wrong");
        var unknown = await AnswerAsync(browser, "nobody@example.com", "wrong");

        Assert.Contains("Too many wrong attempts", known, StringComparison.Ordinal);
        Assert.Equal(known, unknown);
        Assert.Equal(known, await AnswerAsync(browser, TestApp.EmailOf(Role.Contributor), TestApp.Password));
    }

    [Fact]
    public async Task Who_guesses_an_administrator_s_password_does_not_lock_the_administrator_out()
    {
        using var guesser = Open(Guesser);
        await GuessAsync(guesser, TestApp.EmailOf(Role.Administrator), 6);
        using var home = Open(Home);
        using var response = await SubmitAsync(home, TestApp.EmailOf(Role.Administrator), TestApp.Password);

        Assert.Equal("/", _app.LeadsTo(response));
    }

    [Fact]
    public async Task A_lock_from_everywhere_is_passed_by_password_and_code_together()
    {
        var (email, key) = (TestApp.EmailOf(Role.Administrator), await _app.AddAppAsync(Role.Administrator));
        await HoldAsync(email);
        using var home = Open(Home);

        Assert.Contains("Too many", await AnswerAsync(home, email, TestApp.Password), StringComparison.Ordinal);
        Assert.Contains("Too many", await AnswerAsync(home, email, "wrong", Totp.Of(key)), StringComparison.Ordinal);
        Assert.Contains("Too many", await AnswerAsync(home, email, TestApp.Password, "000000"), StringComparison.Ordinal);
        using var response = await SubmitAsync(home, email, TestApp.Password, Totp.Of(key));
        Assert.Equal("/", _app.LeadsTo(response));

        // Who has both is not the one who guesses, so the lock is gone.
        using var next = await SubmitAsync(home, email, TestApp.Password);
        Assert.StartsWith("/sign-in/code", _app.LeadsTo(next), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_from_everywhere_is_passed_by_a_new_password_from_a_link()
    {
        var email = TestApp.EmailOf(Role.Contributor);
        await HoldAsync(email);
        var link = await _app
            .Services.GetRequiredService<PasswordLinks>()
            .MakeAsync(await _app.ActorAsync(Role.Administrator), (await _app.ActorAsync(Role.Contributor)).Id, Cancel);
        using var home = Open(Home);
        Assert.Contains("Too many", await AnswerAsync(home, email, TestApp.Password), StringComparison.Ordinal);
        const string next = "seven ravens over the brewery";
        (await home.SubmitAsync("/" + link, "set-password", new() { ["Input.Password"] = next, ["Input.Again"] = next })).Dispose();

        using var response = await SubmitAsync(home, email, next);
        Assert.Equal("/", _app.LeadsTo(response));
    }

    [Fact]
    public async Task An_address_that_guesses_many_accounts_has_to_wait()
    {
        var throttle = _app.Services.GetRequiredService<SignInThrottle>();
        for (var person = 0; person < SignInThrottle.MostFromAddress; person++)
            await throttle.FailedAsync(ProofKind.Password, $"person-{person}@example.com", Guesser, Cancel);

        using var guesser = Open(Guesser);
        Assert.Contains("Too many", await AnswerAsync(guesser, TestApp.EmailOf(Role.Viewer), TestApp.Password), StringComparison.Ordinal);
        using var home = Open(Home);
        using var response = await SubmitAsync(home, TestApp.EmailOf(Role.Viewer), TestApp.Password);
        Assert.Equal("/", _app.LeadsTo(response));
    }

    [Fact]
    public async Task Guesses_at_once_are_counted_one_by_one()
    {
        var email = TestApp.EmailOf(Role.Operator);
        await Parallel.ForAsync(
            0,
            12,
            Cancel,
            async (_, _) =>
            {
                using var browser = Open(Guesser);
                (await SubmitAsync(browser, email, "wrong")).Dispose();
            }
        );

        await using var db = await _app.OpenAsync();
        Assert.Equal(5, db.Set<AuditEntry>().Count(entry => entry.Action == "People.PasswordFailed"));
    }

    [Fact]
    public async Task Neither_the_counts_nor_the_audit_contain_the_addresses_that_were_tried()
    {
        using var browser = Open(Guesser);
        await GuessAsync(browser, "somebody.private@example.com", 1);

        await using var db = await _app.OpenAsync();
        Assert.All(db.Set<SignInFailure>(), failure => Assert.DoesNotContain("somebody", failure.Key, StringComparison.OrdinalIgnoreCase));
        var entry = Assert.Single(db.Set<AuditEntry>(), entry => entry.Action == "People.PasswordFailed");
        Assert.Equal(("anonymous", null), (entry.ActorId, entry.Subject));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Browser Open(string from)
    {
        var browser = _app.Open();
        browser.Http.DefaultRequestHeaders.Add("X-Forwarded-For", from);
        return browser;
    }

    /// <summary>Wrong passwords from so many addresses that the account is held everywhere.</summary>
    private async Task HoldAsync(string email)
    {
        var throttle = _app.Services.GetRequiredService<SignInThrottle>();
        for (var guess = 0; guess < SignInThrottle.MostForAccount; guess++)
            await throttle.FailedAsync(ProofKind.Password, email, $"203.0.113.{guess + 1}", Cancel);
    }

    private static async Task GuessAsync(Browser browser, string email, int times)
    {
        for (var attempt = 0; attempt < times; attempt++)
            (await SubmitAsync(browser, email, "not the password")).Dispose();
    }

    private static async Task<string> AnswerAsync(Browser browser, string email, string password, string? code = null)
    {
        using var response = await SubmitAsync(browser, email, password, code);
        return (await Browser.ReadAsync(response)).QuerySelector("[role=alert] p")!.TextContent;
    }

    private static Task<HttpResponseMessage> SubmitAsync(Browser browser, string email, string password, string? code = null) =>
        browser.SubmitAsync(
            "/sign-in",
            "sign-in",
            new()
            {
                ["Input.Email"] = email,
                ["Input.Password"] = password,
                ["Input.Code"] = code ?? "",
            }
        );
}
