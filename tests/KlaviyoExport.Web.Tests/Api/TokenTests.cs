using System.Net;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Tests;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace KlaviyoExport.Web.Tests.Api;

public sealed class TokenTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_token_a_program_learns_where_to_get_one()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        using var program = new ApiClient(app.Address, null);

        var response = await program.GetAsync("exports");

        var problem = await ApiClient.ProblemAsync(response);
        Assert.Equal((401, "unauthorized"), (problem.Status, problem.Code));
        Assert.Contains("API tokens", problem.Detail, StringComparison.Ordinal);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Fact]
    public async Task The_session_of_a_person_does_not_open_the_API()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        using var browser = await app.SignInAsync(Role.Administrator);

        var response = await browser.GetAsync("/api/v1/exports");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task The_token_is_not_in_the_store_and_its_use_is_noted()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        var actor = await app.ActorAsync(Role.Operator);
        var tokens = app.Services.GetRequiredService<ApiTokens>();
        var created = await tokens.CreateAsync(actor, actor.Id, new NewApiToken("nightly", Role.Operator, ApiScopes.Read, 30), Cancel);
        using var program = new ApiClient(app.Address, created.Secret);

        Assert.Null(Assert.Single(await tokens.ListAsync(actor, actor.Id, Cancel)).LastUsedAt);
        var me = await program.ReadAsync("token");

        Assert.Equal("Operator (nightly)", (string?)me["name"]);
        Assert.Equal("operator", (string?)me["role"]);
        Assert.NotNull(Assert.Single(await tokens.ListAsync(actor, actor.Id, Cancel)).LastUsedAt);
        await using var db = await app.OpenAsync();
        await db.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)", Cancel);
        await using var stored = new FileStream(
            Path.Combine(app.Directory, "klaviyo-export.db"),
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite
        );
        using var reader = new StreamReader(stored, System.Text.Encoding.Latin1);
        var text = await reader.ReadToEndAsync(Cancel);
        Assert.Contains("nightly", text, StringComparison.Ordinal);
        Assert.DoesNotContain(created.Secret, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_token_is_refused_at_once_and_the_audit_tells_who_did_it()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        var (owner, administrator) = (await app.ActorAsync(Role.Viewer), await app.ActorAsync(Role.Administrator));
        var tokens = app.Services.GetRequiredService<ApiTokens>();
        var created = await tokens.CreateAsync(owner, owner.Id, new NewApiToken("old", Role.Viewer, ApiScopes.Read, 30), Cancel);
        using var program = new ApiClient(app.Address, created.Secret);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("exports")).StatusCode);

        await tokens.RevokeAsync(administrator, created.Id, Cancel);

        Assert.Equal("unauthorized", (await ApiClient.ProblemAsync(await program.GetAsync("exports"))).Code);
        var audit = await app.Services.GetRequiredService<AuditTrail>().ListAsync(administrator, new AuditFilter(), 0, 10, Cancel);
        Assert.Contains(audit.Entries, entry => entry is { Action: "People.TokenCreated", Subject: "old", ActorName: "Viewer" });
        Assert.Contains(audit.Entries, entry => entry is { Action: "People.TokenRevoked", Subject: "old", ActorName: "Administrator" });
    }

    [Fact]
    public async Task An_expired_token_is_refused()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var app = await TestApp.StartWithPeopleAsync(services =>
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock))
        );
        using var program = await ApiClient.OfAsync(app, await app.ActorAsync(Role.Viewer));
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("exports")).StatusCode);

        clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("exports")).StatusCode);
    }

    [Fact]
    public async Task The_tokens_of_a_removed_person_are_refused()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        var owner = await app.ActorAsync(Role.Operator);
        using var program = await ApiClient.OfAsync(app, owner);

        await app.Services.GetRequiredService<PeopleService>().RemoveAsync(await app.ActorAsync(Role.Administrator), owner.Id, Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("exports")).StatusCode);
        await using var db = await app.OpenAsync();
        Assert.False(await db.Set<ApiToken>().AnyAsync(Cancel));
    }

    [Theory]
    [InlineData(Role.Administrator, Role.Operator, Role.Operator)]
    [InlineData(Role.Administrator, Role.Viewer, Role.Viewer)]
    [InlineData(Role.Operator, Role.Administrator, Role.Operator)]
    [InlineData(Role.Operator, Role.Contributor, Role.Viewer)]
    [InlineData(Role.Contributor, Role.Operator, Role.Viewer)]
    [InlineData(Role.Viewer, Role.Administrator, Role.Viewer)]
    public void A_token_never_has_more_rights_than_its_owner(Role token, Role owner, Role expected) =>
        Assert.Equal(expected, Roles.Capped(token, owner));

    [Fact]
    public async Task When_the_owner_is_demoted_the_token_loses_the_rights_too()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        using var program = await ApiClient.OfAsync(app, await app.ActorAsync(Role.Administrator));
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("audit")).StatusCode);

        await app.ChangeAsync(Role.Administrator, user => user.Role = Role.Viewer);

        Assert.Equal("not-allowed", (await ApiClient.ProblemAsync(await program.GetAsync("audit"))).Code);
        Assert.Equal("viewer", (string?)(await program.ReadAsync("token"))["role"]);
    }

    [Theory]
    [InlineData("", Role.Viewer, ApiScopes.Read, 30)]
    [InlineData("good", Role.Administrator, ApiScopes.Read, 30)]
    [InlineData("good", Role.Contributor, ApiScopes.Read, 30)]
    [InlineData("good", Role.Viewer, ApiScopes.None, 30)]
    [InlineData("good", Role.Viewer, ApiScopes.Read, 0)]
    [InlineData("good", Role.Viewer, ApiScopes.Read, 367)]
    [InlineData("taken", Role.Viewer, ApiScopes.Read, 30)]
    public async Task A_token_that_is_not_valid_is_not_created(string name, Role role, ApiScopes scopes, int days)
    {
        await using var store = await TestStore.CreateAsync();
        var tokens = new ApiTokens(
            store.Get<IDbContextFactory<KlaviyoExport.Data.AppDb>>(),
            new Audit(TimeProvider.System),
            TimeProvider.System
        );
        var owner = await AddAsync(store, Role.Operator);
        await tokens.CreateAsync(owner, owner.Id, new NewApiToken("taken", Role.Viewer, ApiScopes.Read, 30), Cancel);

        await Assert.ThrowsAsync<LocalizedException>(() =>
            tokens.CreateAsync(owner, owner.Id, new NewApiToken(name, role, scopes, days), Cancel)
        );

        Assert.Single(await tokens.ListAsync(owner, owner.Id, Cancel));
    }

    [Fact]
    public async Task Nobody_creates_a_token_in_the_name_of_another_person()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        var (administrator, other) = (await app.ActorAsync(Role.Administrator), await app.ActorAsync(Role.Viewer));
        var tokens = app.Services.GetRequiredService<ApiTokens>();
        var wanted = new NewApiToken("sneaky", Role.Viewer, ApiScopes.Read, 1);

        await Assert.ThrowsAsync<NotAllowedException>(() => tokens.CreateAsync(administrator, other.Id, wanted, Cancel));
        await Assert.ThrowsAsync<NotAllowedException>(() => tokens.CreateAsync(other, administrator.Id, wanted, Cancel));
        await Assert.ThrowsAsync<NotAllowedException>(() => tokens.ListAsync(other, administrator.Id, Cancel));
    }

    [Fact]
    public async Task A_service_account_has_tokens_and_cannot_sign_in()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        var administrator = await app.ActorAsync(Role.Administrator);
        var people = app.Services.GetRequiredService<PeopleService>();

        var id = await people.AddServiceAccountAsync(administrator, "Pipeline", Role.Operator, Cancel);
        var created = await app
            .Services.GetRequiredService<ApiTokens>()
            .CreateAsync(administrator, id, new NewApiToken("ci", Role.Operator, ApiScopes.Read, 1), Cancel);
        using var program = new ApiClient(app.Address, created.Secret);

        Assert.Equal("Pipeline (ci)", (string?)(await program.ReadAsync("token"))["name"]);
        var account = await people.GetAsync(administrator, id, Cancel);
        Assert.True(account is { IsServiceAccount: true, Email: null, CanSignIn: false });
        await Assert.ThrowsAsync<LocalizedException>(() =>
            app.Services.GetRequiredService<Web.Security.PasswordLinks>().MakeAsync(administrator, id, Cancel)
        );
    }

    [Fact]
    public async Task A_service_account_is_no_administrator_who_keeps_the_installation_usable()
    {
        await using var app = await TestApp.StartAsync();
        var first = await app
            .Services.GetRequiredService<Web.Setup.FirstAdministrator>()
            .CreateAsync(app.SetupToken, "First", "first@example.com", TestApp.Password);
        Assert.NotNull(first.User);
        await using var db = await app.OpenAsync();
        var user = await db.Set<AppUser>().SingleAsync(Cancel);
        var actor = new Actor(user.Id, user.DisplayName, user.Role);
        var people = app.Services.GetRequiredService<PeopleService>();
        await people.AddServiceAccountAsync(actor, "Robot", Role.Administrator, Cancel);

        await Assert.ThrowsAsync<LocalizedException>(() => people.ChangeRoleAsync(actor, actor.Id, Role.Viewer, Cancel));
    }

    [Fact]
    public async Task A_token_without_the_scope_is_told_which_one_it_lacks()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        using var program = await ApiClient.OfAsync(app, await app.ActorAsync(Role.Administrator), ApiScopes.Read);

        var problem = await ApiClient.ProblemAsync(await program.PostAsync("exports/1/runs"));

        Assert.Equal((403, "missing-scope"), (problem.Status, problem.Code));
        Assert.Contains("Run", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_sends_too_many_requests_is_told_when_to_go_on()
    {
        await using var app = await TestApp.StartWithPeopleAsync("--Api:RequestsPerMinute=3");
        using var program = await ApiClient.OfAsync(app, await app.ActorAsync(Role.Viewer));
        using var other = await ApiClient.OfAsync(app, await app.ActorAsync(Role.Operator));
        for (var sent = 0; sent < 3; sent++)
            Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("token")).StatusCode);

        var refused = await program.GetAsync("token");

        Assert.Equal(
            (429, "rate-limited"),
            ((await ApiClient.ProblemAsync(refused)) is var problem ? (problem.Status, problem.Code) : default)
        );
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("token")).StatusCode);
    }

    [Fact]
    public async Task The_API_can_be_turned_off()
    {
        await using var app = await TestApp.StartWithPeopleAsync("--Api:Enabled=false");
        using var program = await ApiClient.OfAsync(app, await app.ActorAsync(Role.Administrator));

        Assert.Equal("turned-off", (await ApiClient.ProblemAsync(await program.GetAsync("exports"))).Code);
    }

    private static async Task<Actor> AddAsync(TestStore store, Role role)
    {
        await using var db = await store.OpenAsync();
        var user = new AppUser
        {
            UserName = "one@example.com",
            DisplayName = "One",
            Role = role,
        };
        db.Add(user);
        await db.SaveChangesAsync(Cancel);
        return new Actor(user.Id, user.DisplayName, role);
    }
}
