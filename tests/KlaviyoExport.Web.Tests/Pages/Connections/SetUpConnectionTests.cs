using Bunit;
using KlaviyoExport.Connections;
using KlaviyoExport.People;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Web.Pages.Connections;
using KlaviyoExport.Web.Pages.Connections.Wizard;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Tests.Pages.Connections;

public sealed class SetUpConnectionTests : ConnectionPages
{
    private int _draft;

    [Fact]
    public void A_tile_creates_a_draft_and_opens_it()
    {
        var page = Context.Ui.Render<Discover>();

        page.Find("[aria-label='Set up Klaviyo']").Click();

        page.WaitForAssertion(() => Assert.EndsWith("/connections/setup/1", Address, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nine_steps_are_shown_in_order_with_their_labels_and_Save_names_the_missing_ones()
    {
        var page = await RenderAsync();

        Assert.Equal(
            [
                "Add connection: Klaviyo",
                "Display name",
                "Choose who can use this connection",
                "Klaviyo API key",
                "Data privacy and compliance",
                "Connect",
                "Authenticate with Klaviyo",
                "Add yourself as export user",
                "Save",
            ],
            page.FindAll(".step h2").Select(title => title.TextContent)
        );
        Assert.Equal(
            [
                "Display name",
                "Klaviyo API key",
                "Data privacy and compliance",
                "Connect",
                "Authenticate with Klaviyo",
                "Add yourself as export user",
            ],
            page.FindAll("#step-save li").Select(step => step.TextContent.Trim())
        );
        Assert.True(Button(page, "Save").HasAttribute("disabled"));
        Assert.Equal("step-name", page.Find("[aria-current=step]").Id);
    }

    [Fact]
    public async Task Leaving_the_wizard_during_a_slow_step_logs_no_error()
    {
        var page = await RenderAsync();
        Klaviyo.Faults.Add(new Fault(FaultKind.Delay) { Call = "get_accounts", DelayMs = 30_000 });
        var connecting = Connect(page, PracticeStore.FullKey);
        Assert.False(connecting.IsCompleted);

        await Context.Ui.DisposeComponentsAsync();
        await connecting;

        Assert.DoesNotContain(Context.Ui.Logs.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_step_is_stored_at_once_and_with_all_of_them_the_connection_is_saved()
    {
        var page = await RenderAsync();
        page.Find("#name").Change("Shop");
        _ = Connect(page, PracticeStore.FullKey);
        page.WaitForAssertion(() => Assert.Contains("Practice Store", page.Find(".account").TextContent, StringComparison.Ordinal));
        Assert.DoesNotContain(PracticeStore.FullKey, page.Markup, StringComparison.Ordinal);
        Assert.Contains("no Klaviyo app", page.Find("#step-authenticate").TextContent, StringComparison.Ordinal);
        Button(page, "Confirm the account with the key").Click();
        IsDone(page, "step-authenticate");
        await BecomeExportUserAsync(_draft);

        // As after a reload: the page itself keeps nothing.
        page = Context.Ui.Render<SetUpConnection>(parameters => parameters.Add(wizard => wizard.DraftId, _draft));
        page.WaitForAssertion(() => Assert.False(Button(page, "Save").HasAttribute("disabled")));
        Button(page, "Save").Click();

        page.WaitForAssertion(() => Assert.EndsWith("/connections?done=saved", Address, StringComparison.Ordinal));
        await using var db = await Context.OpenAsync();
        var saved = await db.Set<Connection>().SingleAsync(Cancel);
        Assert.Equal(("Shop", PracticeStore.Id, "Ana", "Ana"), (saved.Name, saved.AccountId, saved.ConsentBy, saved.ExportUserName));
    }

    [Fact]
    public async Task A_taken_name_is_refused_at_the_field_and_can_be_edited()
    {
        await AddConnectionAsync("Shop");
        var page = await RenderAsync();

        page.Find("#name").Change("shop");

        page.WaitForAssertion(() =>
            Assert.Contains("exists already", page.Find("#step-name .alert-danger").TextContent, StringComparison.Ordinal)
        );
        Assert.Equal("shop", page.Find("#name").GetAttribute("value"));
        page.Find("#name").Change("Shop 2");
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".alert-danger")));
        IsDone(page, "step-name");
    }

    [Fact]
    public async Task An_impossible_key_is_refused_at_its_field_which_is_cleared()
    {
        var page = await RenderAsync();

        SendKey(page, "not a key");

        page.WaitForAssertion(() =>
            Assert.Contains("cannot be a Klaviyo API key", page.Find("#step-key .alert-danger").TextContent, StringComparison.Ordinal)
        );
        Assert.DoesNotContain("not a key", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_waits_for_the_key_and_the_consent()
    {
        var page = await RenderAsync();
        Assert.True(Button(page, "Connect").HasAttribute("disabled"));
        SendKey(page, PracticeStore.FullKey);
        IsDone(page, "step-key");
        Assert.True(Button(page, "Connect").HasAttribute("disabled"));
        page.Find("#step-consent input").Change(true);
        page.WaitForAssertion(() => Assert.False(Button(page, "Connect").HasAttribute("disabled")));
        page.Find("#step-consent input").Change(false);
        page.WaitForAssertion(() => Assert.True(Button(page, "Connect").HasAttribute("disabled")));
    }

    [Fact]
    public async Task A_missing_scope_is_named_with_where_to_add_it_and_blocks_later_steps()
    {
        var page = await RenderAsync();
        _ = Connect(page, PracticeStore.NoListsWriteKey);

        page.WaitForAssertion(() =>
            Assert.Contains("lists:write", page.Find("#step-connect .alert-danger").TextContent, StringComparison.Ordinal)
        );
        Assert.Contains("row Lists: “Full access”", page.Find("#step-connect li").TextContent, StringComparison.Ordinal);
        Assert.Contains("Connect", page.FindAll("#step-save li").Select(step => step.TextContent.Trim()));
        Assert.True(Button(page, "Confirm the account with the key").HasAttribute("disabled"));
    }

    [Fact]
    public async Task A_wrong_key_is_reported_beside_Connect_and_another_can_be_entered()
    {
        var page = await RenderAsync();
        _ = Connect(page, "pk_00000000000000000000000000000000ff");
        page.WaitForAssertion(() =>
            Assert.Contains("does not accept", page.Find("#step-connect .alert-danger").TextContent, StringComparison.Ordinal)
        );

        Another(page, PracticeStore.FullKey);
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".account")));
    }

    [Fact]
    public async Task A_retired_revision_is_reported_beside_Connect()
    {
        Klaviyo.Faults.Add(new(FaultKind.Status) { Status = 410 });
        var page = await RenderAsync();
        _ = Connect(page, PracticeStore.FullKey);

        page.WaitForAssertion(() =>
            Assert.Contains("revision", page.Find("#step-connect .alert-danger").TextContent, StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public async Task A_connected_account_is_pointed_out_and_the_same_key_is_refused()
    {
        await AddConnectionAsync("Shop");
        var page = await RenderAsync();
        _ = Connect(page, PracticeStore.ReadOnlyKey);
        page.WaitForAssertion(() =>
            Assert.Contains("already connected as “Shop”", page.Find("#step-connect .alert-warning").TextContent, StringComparison.Ordinal)
        );

        Another(page, PracticeStore.FullKey);
        page.WaitForAssertion(() =>
            Assert.Contains("“Shop” already uses this key", page.Find("#step-connect .alert-danger").TextContent, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Chosen_contributors_are_stored_when_one_is_chosen()
    {
        await using (var db = await Context.OpenAsync())
        {
            db.Set<AppUser>()
                .Add(
                    new AppUser
                    {
                        Id = "k",
                        UserName = "k@example.com",
                        DisplayName = "Kosta",
                        Role = Role.Contributor,
                    }
                );
            await db.SaveChangesAsync(Cancel);
        }
        var page = await RenderAsync();

        page.FindAll("#step-sharing input[type=radio]")[2].Change(true);
        page.WaitForAssertion(() =>
            Assert.Contains("Choose at least one", page.Find("#step-sharing").TextContent, StringComparison.Ordinal)
        );
        Assert.Equal(Sharing.Administrators, (await Drafts.GetAsync(Ana, _draft, Cancel)).Sharing);
        await page.Find("#step-sharing input[type=checkbox]").ChangeAsync(new() { Value = true });

        Assert.Equal(["k"], (await Drafts.GetAsync(Ana, _draft, Cancel)).ChosenContributors);
    }

    [Fact]
    public async Task Another_persons_draft_is_not_found()
    {
        var now = TimeProvider.System.GetUtcNow();
        await using (var db = await Context.OpenAsync())
        {
            db.Set<ConnectionDraft>()
                .Add(
                    new ConnectionDraft
                    {
                        OwnerId = "somebody else",
                        StartedAt = now,
                        ChangedAt = now,
                        Name = "Theirs",
                    }
                );
            await db.SaveChangesAsync(Cancel);
            _draft = await db.Set<ConnectionDraft>().Select(draft => draft.Id).SingleAsync(Cancel);
        }
        var page = Context.Ui.Render<SetUpConnection>(parameters => parameters.Add(wizard => wizard.DraftId, _draft));

        page.WaitForAssertion(() => Assert.Contains("no longer exists", page.Find(".alert-danger").TextContent, StringComparison.Ordinal));
        Assert.DoesNotContain("Theirs", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unfinished_connection_is_in_the_list_and_can_be_discarded()
    {
        var page = await RenderAsync();
        page.Find("#name").Change("Half");
        IsDone(page, "step-name");
        var list = Context.Ui.Render<ConnectionList>();
        list.WaitForAssertion(() =>
            Assert.Equal($"connections/setup/{_draft}", list.Find("[aria-label='Continue: Half']").GetAttribute("href"))
        );

        Context.Answer(true);
        list.Find("[aria-label='Discard: Half']").Click();

        list.WaitForAssertion(() => Assert.Empty(list.FindAll(".drafts")));
        await using var db = await Context.OpenAsync();
        Assert.False(await db.Set<ConnectionDraft>().AnyAsync(Cancel));
    }

    private static void SendKey(IRenderedComponent<SetUpConnection> page, string key)
    {
        page.Find("#key").Change(key);
        page.Find("#step-key form").Submit();
    }

    private static Task Connect(IRenderedComponent<SetUpConnection> page, string key)
    {
        SendKey(page, key);
        IsDone(page, "step-key");
        page.Find("#step-consent input").Change(true);
        page.WaitForAssertion(() => Assert.False(Button(page, "Connect").HasAttribute("disabled")));
        return Button(page, "Connect").ClickAsync(new());
    }

    private static void Another(IRenderedComponent<SetUpConnection> page, string key)
    {
        Button(page, "Use another key").Click();
        page.WaitForElement("#key");
        SendKey(page, key);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("#key")));
        Button(page, "Connect").Click();
    }

    private static void IsDone(IRenderedComponent<SetUpConnection> page, string step) =>
        page.WaitForAssertion(() => Assert.Contains("step-done", page.Find($"#{step}").ClassList));

    private async Task<IRenderedComponent<SetUpConnection>> RenderAsync()
    {
        _draft = await Drafts.StartAsync(Ana, Cancel);
        var page = Context.Ui.Render<SetUpConnection>(parameters => parameters.Add(wizard => wizard.DraftId, _draft));
        page.WaitForElement("#name");
        return page;
    }
}
