using Bunit;
using KlaviyoExport.Connections;
using KlaviyoExport.People;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Web.Pages.Connections.Editing;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Tests.Pages.Connections;

public sealed class EditConnectionTests : ConnectionPages
{
    private int _id;

    [Fact]
    public async Task A_name_and_the_sharing_are_changed_and_the_key_stays()
    {
        var page = await RenderAsync();
        Assert.Contains($"ending in {PracticeStore.FullKey[^4..]}", page.Markup, StringComparison.Ordinal);
        page.Find("#name").Input("Shop of Niš");
        page.FindAll("input[type=radio]")[1].Change(true);
        Assert.True(page.Find("form").HasAttribute("data-unsaved"));

        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.EndsWith("/connections?done=saved", Address, StringComparison.Ordinal));
        var saved = await Connections.GetAsync(Ana, _id, Cancel);
        Assert.Equal(
            ("Shop of Niš", Sharing.AllContributors, PracticeStore.FullKey[^4..]),
            (saved.Name, saved.Sharing, saved.ApiKeyEnding)
        );
    }

    [Fact]
    public async Task A_change_by_somebody_else_is_reported_and_the_input_is_kept()
    {
        var page = await RenderAsync();
        var stored = await Connections.GetAsync(Ana, _id, Cancel);
        await Connections.SaveAsync(
            Ana,
            new()
            {
                Id = _id,
                Name = "Theirs",
                Version = stored.Version,
            },
            Cancel
        );
        page.Find("#name").Input("Mine");

        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() =>
            Assert.Contains("Someone else changed this", page.Find(".alert-danger").TextContent, StringComparison.Ordinal)
        );
        Assert.Equal("Mine", page.Find("#name").GetAttribute("value"));
        Button(page, "Reload").Click();
        page.WaitForAssertion(() => Assert.Equal("Theirs", page.Find("#name").GetAttribute("value")));
    }

    [Theory]
    [InlineData(SecondStore.FullKey, "belongs to the account “Second Store”")]
    [InlineData(PracticeStore.ReadOnlyKey, "lists:write")]
    [InlineData("nonsense key", "cannot be a Klaviyo API key")]
    public async Task An_invalid_new_key_is_refused_and_the_old_one_kept(string key, string why)
    {
        var page = await RenderAsync();
        page.Find("#key").Change(key);

        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Contains(why, page.Find(".alert-danger").TextContent, StringComparison.Ordinal));
        await using var db = await Context.OpenAsync();
        Assert.Equal(0, await db.Set<AuditEntry>().CountAsync(entry => entry.Action == "Connections.KeyChanged", Cancel));
    }

    [Fact]
    public async Task An_export_user_who_is_no_longer_an_administrator_is_reported_with_the_way_to_take_over()
    {
        _id = await AddConnectionAsync("Shop");
        await using (var db = await Context.OpenAsync())
            await db.Set<Connection>()
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(connection => connection.ExportUserId, "gone")
                            .SetProperty(connection => connection.ExportUserName, "Goran"),
                    Cancel
                );

        var page = Context.Ui.Render<EditConnection>(parameters => parameters.Add(edit => edit.Id, _id));

        page.WaitForAssertion(() =>
            Assert.Contains("no longer an administrator", page.Find(".alert-danger").TextContent, StringComparison.Ordinal)
        );
        Assert.NotEmpty(page.FindAll($"a[href='connections/{_id}/export-user']"));
    }

    private async Task<IRenderedComponent<EditConnection>> RenderAsync()
    {
        _id = await AddConnectionAsync("Shop");
        var page = Context.Ui.Render<EditConnection>(parameters => parameters.Add(edit => edit.Id, _id));
        page.WaitForElement("#name");
        return page;
    }
}
