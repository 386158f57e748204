using System.Net;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Tests.Security.Providers;

/// <summary>Roles from the provider, as app roles or groups.</summary>
public sealed class ProviderRolesTests : ProviderTest
{
    private static readonly string[] Mapping =
    [
        "--Roles:Administrator=klaviyo-admins",
        "--Roles:Contributor:0=marketing",
        "--Roles:Contributor:1=crm",
        "--Roles:Viewer=staff",
    ];

    [Theory]
    [InlineData(new[] { "klaviyo-admins" }, new string[0], Role.Administrator)]
    [InlineData(new string[0], new[] { "staff", "crm" }, Role.Contributor)]
    [InlineData(new[] { "unknown" }, new[] { "staff" }, Role.Viewer)]
    public async Task An_unknown_person_gets_the_role_from_the_provider(string[] roles, string[] groups, Role role)
    {
        await StartAsync(Mapping);
        (Provider.Email, Provider.Roles, Provider.Groups) = ("new@example.com", roles, groups);

        Assert.Equal("/", await ArrivesAsync());
        Assert.Equal(role, (await UserAsync("new@example.com")).Role);
    }

    [Fact]
    public async Task A_role_changed_at_the_provider_applies_from_the_next_sign_in_and_ends_older_sessions()
    {
        await StartAsync(Mapping);
        Provider.Groups = ["marketing"];
        using var before = App.Open();
        (await before.FollowAsync("/sign-in/provider")).Dispose();
        using var allowed = await before.GetAsync("/exports/new");
        Provider.Groups = ["staff"];

        Assert.Equal("/", await ArrivesAsync());
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        Assert.Equal(Role.Viewer, (await UserAsync(TestApp.EmailOf(Role.Operator))).Role);
        await using var db = await App.OpenAsync();
        Assert.Equal(
            ["Role: Operator → Contributor", "Role: Contributor → Viewer"],
            await db.Set<AuditEntry>()
                .Where(entry => entry.Action == "People.RoleFollowed")
                .OrderBy(entry => entry.Id)
                .Select(entry => entry.Detail!.ToString())
                .ToListAsync(Cancel)
        );
        using var ended = await before.GetAsync("/account");
        Assert.StartsWith("/sign-in?", App.LeadsTo(ended), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_without_a_role_learns_whom_to_ask_and_gets_no_account()
    {
        await StartAsync(Mapping);
        (Provider.Email, Provider.Groups) = ("new@example.com", ["somewhere else"]);
        using var browser = App.Open();
        using var response = await browser.FollowAsync("/sign-in/provider");
        var page = await Browser.ReadAsync(response);

        Assert.Equal("/no-role", response.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal("You have no role here", page.QuerySelector("h1")!.TextContent);
        Assert.Contains("Small Provider", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(
            "Ask an administrator to give you one: Administrator, First.",
            page.QuerySelector("main")!.TextContent,
            StringComparison.Ordinal
        );
        await using var db = await App.OpenAsync();
        Assert.False(await db.Set<AppUser>().AnyAsync(user => user.Email == "new@example.com", Cancel));
        using var after = await browser.GetAsync("/exports");
        Assert.Equal(HttpStatusCode.Redirect, after.StatusCode);
    }

    [Fact]
    public async Task A_person_who_loses_every_role_loses_all_rights()
    {
        await StartAsync(Mapping);
        Provider.Roles = ["klaviyo-admins"];
        Assert.Equal("/", await ArrivesAsync());
        Provider.Roles = [];

        Assert.Equal("/no-role", await ArrivesAsync());
        Assert.Equal(Role.Viewer, (await UserAsync(TestApp.EmailOf(Role.Operator))).Role);
    }

    [Fact]
    public async Task The_last_administrator_keeps_the_role_regardless_of_the_provider()
    {
        await StartAsync(Mapping);
        await using (var db = await App.OpenAsync())
            await db.Set<AppUser>().Where(user => user.Role == Role.Administrator).ExecuteDeleteAsync(Cancel);
        Provider.Roles = ["klaviyo-admins"];
        await ArrivesAsync();
        (Provider.Roles, Provider.Groups) = ([], ["staff"]);

        Assert.Equal("/", await ArrivesAsync());
        Assert.Equal(Role.Administrator, (await UserAsync(TestApp.EmailOf(Role.Operator))).Role);
    }

    [Fact]
    public async Task Roles_are_read_from_the_configured_claims()
    {
        await StartAsync([.. Mapping, "--Roles:Claims=department"]);
        (Provider.Email, Provider.Roles) = ("new@example.com", ["klaviyo-admins"]);
        Provider.More["department"] = "staff";

        Assert.Equal("/", await ArrivesAsync());
        Assert.Equal(Role.Viewer, (await UserAsync("new@example.com")).Role);
    }

    [Fact]
    public async Task Roles_from_the_user_info_endpoint_are_used_too()
    {
        (Provider.TellsAtUserInfo, Provider.Groups) = (true, ["staff", "crm"]);
        await StartAsync(Mapping);

        Assert.Equal("/", await ArrivesAsync());
        Assert.Equal(Role.Contributor, (await UserAsync(TestApp.EmailOf(Role.Operator))).Role);
    }

    [Fact]
    public async Task An_unverified_address_matches_no_account_even_with_a_role()
    {
        await StartAsync(Mapping);
        (Provider.Email, Provider.EmailVerified, Provider.Roles) = (TestApp.EmailOf(Role.Administrator), false, ["klaviyo-admins"]);

        Assert.Contains("has not verified your email address", await RefusedAsync(), StringComparison.Ordinal);
    }
}
