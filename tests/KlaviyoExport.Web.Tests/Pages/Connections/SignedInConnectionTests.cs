using Bunit;
using Bunit.TestDoubles;
using KlaviyoExport.Connections;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Sandbox.OAuth;
using KlaviyoExport.Web.Demo;
using KlaviyoExport.Web.Pages.Connections.Editing;
using KlaviyoExport.Web.Pages.Connections.Removal;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Connections;

/// <summary>A connection whose account was confirmed by signing in to Klaviyo.</summary>
public sealed class SignedInConnectionTests : ConnectionPages
{
    private static readonly Uri Callback = new("http://localhost/connections/klaviyo/callback");

    protected override Dictionary<string, string?> Settings =>
        new()
        {
            ["Klaviyo:OAuth:ClientId"] = SandboxApp.ClientId,
            ["Klaviyo:OAuth:ClientSecret"] = SandboxApp.ClientSecret,
            ["Klaviyo:OAuth:AuthorizeUrl"] = new Uri(Klaviyo.BaseAddress, "oauth/authorize").ToString(),
            ["Klaviyo:OAuth:TokenUrl"] = new Uri(Klaviyo.BaseAddress, "oauth/token").ToString(),
            ["Klaviyo:OAuth:RevokeUrl"] = new Uri(Klaviyo.BaseAddress, "oauth/revoke").ToString(),
        };

    [Fact]
    public async Task When_Klaviyo_cannot_be_reached_for_a_removal_the_page_says_what_remains_to_be_done_there()
    {
        var id = await SignInAndSaveAsync();
        Klaviyo.Faults.Add(new(FaultKind.Status) { Status = 503, Path = "/oauth/revoke" });
        var page = Context.Ui.Render<RemoveConnection>(parameters => parameters.Add(remove => remove.Id, id));
        page.WaitForElement("#waiting");

        Button(page, "Remove connection").Click();

        page.WaitForElement(".alert-success");
        Assert.Contains("Practice Store", page.Find(".alert-warning").TextContent, StringComparison.Ordinal);
        await using var db = await Context.OpenAsync();
        Assert.False(await db.Set<Connection>().AnyAsync(Cancel));
    }

    [Fact]
    public async Task Authenticate_again_leads_to_Klaviyo_and_stores_the_new_sign_in()
    {
        var id = await SignInAndSaveAsync();
        var before = (await Connections.GetAsync(Ana, id, Cancel)).GrantedAt;
        var page = Context.Ui.Render<EditConnection>(parameters => parameters.Add(edit => edit.Id, id));
        page.WaitForElement("#name");

        await Button(page, "Authenticate again").ClickAsync(new());

        var away = ((BunitNavigationManager)Context.Ui.Services.GetRequiredService<NavigationManager>()).History.First();
        Assert.True(away.Options.ForceLoad);
        Assert.StartsWith(new Uri(Klaviyo.BaseAddress, "oauth/authorize").ToString(), away.Uri, StringComparison.Ordinal);
        var (state, code, error) = await DemoPerson.AllowAsync(new Uri(away.Uri), Cancel);
        await Context.Ui.Services.GetRequiredService<KlaviyoSignIns>().CompleteAsync(Ana, state, code, error, Callback, Cancel);
        Assert.True((await Connections.GetAsync(Ana, id, Cancel)).GrantedAt > before);
    }

    private async Task<int> SignInAndSaveAsync()
    {
        var signIns = Context.Ui.Services.GetRequiredService<KlaviyoSignIns>();
        var draft = await Drafts.StartAsync(Ana, Cancel);
        await Drafts.SetNameAsync(Ana, draft, "Shop", Cancel);
        await Drafts.SetKeyAsync(Ana, draft, PracticeStore.FullKey, Cancel);
        await Drafts.AgreeAsync(Ana, draft, agreed: true, Cancel);
        await Drafts.ConnectAsync(Ana, draft, Cancel);
        var (state, code, error) = await DemoPerson.AllowAsync(await signIns.BeginForDraftAsync(Ana, draft, Callback, Cancel), Cancel);
        await signIns.CompleteAsync(Ana, state, code, error, Callback, Cancel);
        await BecomeExportUserAsync(draft);
        return await Drafts.SaveAsync(Ana, draft, Cancel);
    }
}
