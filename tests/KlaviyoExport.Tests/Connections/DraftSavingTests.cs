using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Connections;

public sealed class DraftSavingTests : IAsyncLifetime
{
    private DraftDesk _desk = null!;

    public static TheoryData<WizardStep> Steps =>
        [WizardStep.Name, WizardStep.Consent, WizardStep.Connect, WizardStep.Authenticate, WizardStep.ExportUser];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _desk = await DraftDesk.CreateAsync();

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task A_saved_connection_states_account_consent_and_export_user_and_leaves_no_draft()
    {
        var id = await _desk.FillInAsync("  Shop ");
        await _desk.Drafts.ShareAsync(Product.Administrator, id, Sharing.ChosenContributors, ["carla"], Cancel);
        var draft = await _desk.GetAsync(id);
        _desk.Clock.Shift += TimeSpan.FromMinutes(30);

        var saved = await _desk.FindConnectionAsync(await _desk.SaveAsync(id));

        Assert.Equal(
            ("Shop", PracticeStore.Id, "Practice Store", true, "ll01"),
            (saved.Name, saved.AccountId, saved.AccountName, saved.IsTestAccount, saved.ApiKeyEnding)
        );
        Assert.Equal(("Ana", draft.AgreedAt!.Value), (saved.ConsentBy, saved.ConsentAt));
        Assert.Equal(("admin", "Ana", draft.ExportUserAt), (saved.ExportUserId, saved.ExportUserName, saved.ExportUserAt));
        Assert.Equal(["carla"], saved.Shares.Select(share => share.UserId));
        Assert.Equal(PracticeStore.FullKey, _desk.Product.Get<SecretProtector>().UnprotectCredential(saved.ApiKey!));
        Assert.True(saved is { Grant: null, GrantedAt: null, CreatedBy: "Ana", LastSuccessAt: not null });
        Assert.Null(await _desk.FindAsync(id));
        await using var db = await _desk.Product.OpenAsync();
        var entry = await db.Set<AuditEntry>().SingleAsync(entry => entry.Action != "Connections.Agreed", Cancel);
        Assert.Equal(PrivacyText.In(System.Globalization.CultureInfo.CurrentUICulture), saved.Consent);
        Assert.Equal(
            ("Connections.Added", "Shop", saved.Id, "admin"),
            (entry.Action, entry.Subject, entry.SubjectId!.Value, entry.ActorId)
        );
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Without_a_step_nothing_is_saved_and_the_refusal_names_it(WizardStep step)
    {
        // Connect and the later steps need the steps before them.
        WizardStep[] without = step switch
        {
            WizardStep.Consent => [step, WizardStep.Connect, WizardStep.Authenticate],
            WizardStep.Connect => [step, WizardStep.Authenticate],
            _ => [step],
        };
        var id = await _desk.FillInAsync(without: without);

        var refusal = await DraftDesk.RefusalAsync(() => _desk.SaveAsync(id));

        Assert.Equal("Connections.NotReady", refusal.Code);
        Assert.Contains(new LocalizedMessage($"Connections.Step{step}").ToString(), refusal.ToString(), StringComparison.Ordinal);
        await AssertNothingSavedAsync(id);
    }

    [Fact]
    public async Task Saving_checks_the_name_again()
    {
        var id = await _desk.FillInAsync("Shop");
        await _desk.Product.AddConnectionAsync("SHOP", key: SecondStore.FullKey, accountId: SecondStore.Id);

        Assert.Equal(new LocalizedMessage("Connections.NameTaken", "SHOP"), await DraftDesk.RefusalAsync(() => _desk.SaveAsync(id)));
        Assert.NotNull(await _desk.FindAsync(id));
    }

    [Fact]
    public async Task Saving_checks_that_no_other_connection_uses_the_key_meanwhile()
    {
        var (first, second) = (await _desk.FillInAsync("First"), await _desk.FillInAsync("Second"));
        await _desk.SaveAsync(first);

        Assert.Equal(new LocalizedMessage("Connections.KeyInUse", "First"), await DraftDesk.RefusalAsync(() => _desk.SaveAsync(second)));
        Assert.NotNull(await _desk.FindAsync(second));
    }

    [Fact]
    public async Task Of_two_simultaneous_saves_of_the_same_key_one_is_refused()
    {
        int[] drafts = [await _desk.FillInAsync("First"), await _desk.FillInAsync("Second")];

        var refusals = await Task.WhenAll(drafts.Select(id => Record.ExceptionAsync(() => _desk.SaveAsync(id)).AsTask()));

        Assert.Equal(
            "Connections.KeyInUse",
            Assert.IsAssignableFrom<LocalizedException>(Assert.Single(refusals, refusal => refusal is not null)).LocalizedMessage.Code
        );
    }

    [Fact]
    public async Task A_double_click_saves_one_connection()
    {
        var id = await _desk.FillInAsync();

        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Record.ExceptionAsync(() => _desk.SaveAsync(id)).AsTask()));

        await using var db = await _desk.Product.OpenAsync();
        Assert.Single(await db.Set<Connection>().ToListAsync(Cancel));
    }

    [Fact]
    public async Task Saving_checks_that_the_owner_is_still_an_administrator()
    {
        var id = await _desk.FillInAsync();
        await _desk.Product.ChangeRoleAsync(Product.Administrator, Role.Viewer);

        Assert.Equal("Connections.NotAdministrator", (await DraftDesk.RefusalAsync(() => _desk.SaveAsync(id))).Code);
        await AssertNothingSavedAsync(id);
    }

    [Fact]
    public async Task Within_an_hour_the_key_is_not_checked_again()
    {
        var id = await _desk.FillInAsync();
        var before = _desk.Product.Sandbox.State.Requests.Count;
        _desk.Clock.Shift += TimeSpan.FromMinutes(59);

        await _desk.SaveAsync(id);

        Assert.Equal(before, _desk.Product.Sandbox.State.Requests.Count);
    }

    [Fact]
    public async Task After_an_hour_a_key_that_was_revoked_meanwhile_is_refused()
    {
        var id = await _desk.FillInAsync();
        _desk.Clock.Shift += TimeSpan.FromMinutes(61);
        _desk.Product.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 401 });

        Assert.Equal("Klaviyo.KeyRefused", (await DraftDesk.RefusalAsync(() => _desk.SaveAsync(id))).Code);
        await AssertNothingSavedAsync(id);
    }

    [Fact]
    public async Task After_an_hour_a_key_that_is_still_valid_is_accepted()
    {
        var id = await _desk.FillInAsync();
        _desk.Clock.Shift += TimeSpan.FromMinutes(61);

        var saved = await _desk.FindConnectionAsync(await _desk.SaveAsync(id));

        Assert.True(_desk.Clock.GetUtcNow() - saved.LastSuccessAt < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task When_the_keys_of_the_installation_are_lost_the_API_key_is_asked_for_again()
    {
        var id = await _desk.FillInAsync();
        await using (var db = await _desk.Product.OpenAsync())
            await db.Set<ConnectionDraft>()
                .ExecuteUpdateAsync(set => set.SetProperty(draft => draft.ApiKey, new byte[] { 1, 2, 3 }), Cancel);

        Assert.Equal(new LocalizedMessage("Connections.KeyUnreadable", "Shop"), await DraftDesk.RefusalAsync(() => _desk.SaveAsync(id)));
    }

    private async Task AssertNothingSavedAsync(int draftId)
    {
        await using var db = await _desk.Product.OpenAsync();
        Assert.Empty(await db.Set<Connection>().ToListAsync(Cancel));
        Assert.Empty(await db.Set<AuditEntry>().Where(entry => entry.Action != "Connections.Agreed").ToListAsync(Cancel));
        Assert.NotNull(await _desk.FindAsync(draftId));
    }
}
