using Bunit;
using KlaviyoExport.Connections;
using KlaviyoExport.Secrets;
using KlaviyoExport.Web.Pages.Connections.Editing;
using KlaviyoExport.Web.Pages.Connections.Wizard;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Tests.Pages.Connections;

/// <summary>The pages of connections whose keys are kept elsewhere. Reading them is tested in the library.</summary>
public sealed class KeyVaultPageTests : ConnectionPages
{
    protected override Dictionary<string, string?> Settings => new() { ["KeyVault:Uri"] = "https://practice.vault.test" };

    [Fact]
    public async Task The_wizard_accepts_the_name_of_a_secret_instead_of_a_key()
    {
        var draft = await Drafts.StartAsync(Ana, Cancel);
        var page = Context.Ui.Render<SetUpConnection>(parameters => parameters.Add(wizard => wizard.DraftId, draft));

        page.WaitForElement("#key-place").Change("KeyVault");
        Assert.Empty(page.FindAll("#key"));
        page.Find("#key-name").Input("klaviyo-key");
        page.Find("#step-key form").Submit();

        page.WaitForAssertion(() => Assert.Contains("klaviyo-key", page.Find("#step-key p").TextContent, StringComparison.Ordinal));
        await using var db = await Context.OpenAsync();
        var stored = await db.Set<ConnectionDraft>().SingleAsync(Cancel);
        Assert.Equal((SecretPlace.InKeyVault("klaviyo-key"), null), (stored.KeyFrom, stored.ApiKey));
    }

    [Fact]
    public async Task An_impossible_secret_name_is_refused_at_its_step()
    {
        var draft = await Drafts.StartAsync(Ana, Cancel);
        var page = Context.Ui.Render<SetUpConnection>(parameters => parameters.Add(wizard => wizard.DraftId, draft));

        page.WaitForElement("#key-place").Change("KeyVault");
        page.Find("#key-name").Input("pk_not a name");
        page.Find("#step-key form").Submit();

        page.WaitForAssertion(() => Assert.NotNull(page.Find("#step-key .alert-danger")));
        await using var db = await Context.OpenAsync();
        Assert.Null((await db.Set<ConnectionDraft>().SingleAsync(Cancel)).KeyFrom);
    }

    [Fact]
    public async Task A_connection_offers_to_read_its_key_from_the_vault_in_future()
    {
        var id = await AddConnectionAsync("Shop");

        var page = Context.Ui.Render<EditConnection>(parameters => parameters.Add(edit => edit.Id, id));

        page.WaitForElement("#key-place").Change("KeyVault");
        Assert.Empty(page.FindAll("#key"));
        page.WaitForAssertion(() => Assert.Equal("Name the place of the key.", page.Find("#missing").TextContent));
        page.Find("#key-name").Input("klaviyo-key");
        page.WaitForAssertion(() => Assert.False(page.Find("button[type=submit]").HasAttribute("disabled")));
    }

    [Fact]
    public async Task A_connection_whose_key_is_elsewhere_needs_a_key_to_store_it_here()
    {
        var id = await AddConnectionAsync("Shop");
        await using (var db = await Context.OpenAsync())
            await db.Set<Connection>()
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(row => row.ApiKey, (byte[]?)null)
                            .SetProperty(row => row.KeyFrom, SecretPlace.InFile("/run/secrets/klaviyo")),
                    Cancel
                );
        var page = Context.Ui.Render<EditConnection>(parameters => parameters.Add(edit => edit.Id, id));
        Assert.Equal("/run/secrets/klaviyo", page.WaitForElement("#key-name").GetAttribute("value"));

        page.Find("#key-place").Change("");

        page.WaitForAssertion(() => Assert.Equal("Enter the key.", page.Find("#missing").TextContent));
        Assert.Contains("file /run/secrets/klaviyo", page.Find("#key-hint").TextContent, StringComparison.Ordinal);
    }
}
