using Bunit;
using KlaviyoExport.Connections;
using KlaviyoExport.Web.Pages.Connections.Editing;
using KlaviyoExport.Web.Pages.Connections.Wizard;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Tests.Pages.Connections;

/// <summary>The pages of an installation with a key vault. Reading from a vault is tested in the library.</summary>
public sealed class KeyVaultPageTests : ConnectionPages
{
    protected override Dictionary<string, string?> Settings => new() { ["KeyVault:Uri"] = "https://practice.vault.test" };

    [Fact]
    public async Task The_wizard_accepts_the_name_of_a_secret_instead_of_a_key()
    {
        var draft = await Drafts.StartAsync(Ana, Cancel);
        var page = Context.Ui.Render<SetUpConnection>(parameters => parameters.Add(wizard => wizard.DraftId, draft));

        page.WaitForElement("#step-key input[type=checkbox]", Patience).Change(true);
        Assert.Empty(page.FindAll("#key"));
        page.Find("#secret").Change("klaviyo-key");
        page.Find("#step-key form").Submit();

        page.WaitForAssertion(
            () => Assert.Contains("klaviyo-key", page.Find("#step-key p").TextContent, StringComparison.Ordinal),
            Patience
        );
        await using var db = await Context.OpenAsync();
        var stored = await db.Set<ConnectionDraft>().SingleAsync(Cancel);
        Assert.Equal(("klaviyo-key", null), (stored.KeyVaultSecret, stored.ApiKey));
    }

    [Fact]
    public async Task An_impossible_secret_name_is_refused_at_its_step()
    {
        var draft = await Drafts.StartAsync(Ana, Cancel);
        var page = Context.Ui.Render<SetUpConnection>(parameters => parameters.Add(wizard => wizard.DraftId, draft));

        page.WaitForElement("#step-key input[type=checkbox]", Patience).Change(true);
        page.Find("#secret").Change("pk_not a name");
        page.Find("#step-key form").Submit();

        page.WaitForAssertion(() => Assert.NotNull(page.Find("#step-key .alert-danger")), Patience);
        await using var db = await Context.OpenAsync();
        Assert.Null((await db.Set<ConnectionDraft>().SingleAsync(Cancel)).KeyVaultSecret);
    }

    [Fact]
    public async Task A_connection_offers_to_read_its_key_from_the_vault_in_future()
    {
        var id = await AddConnectionAsync("Shop");

        var page = Context.Ui.Render<EditConnection>(parameters => parameters.Add(edit => edit.Id, id));

        page.WaitForAssertion(() => Assert.NotNull(page.Find("#secret")), Patience);
        Assert.Equal("", page.Find("#secret").GetAttribute("value") ?? "");
    }
}
