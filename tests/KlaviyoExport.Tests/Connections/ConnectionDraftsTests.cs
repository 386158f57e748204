using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;

namespace KlaviyoExport.Tests.Connections;

public sealed class ConnectionDraftsTests : IAsyncLifetime
{
    private DraftDesk _desk = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Actor Ana => Product.Administrator;

    private ConnectionDrafts Drafts => _desk.Drafts;

    public async ValueTask InitializeAsync() => _desk = await DraftDesk.CreateAsync();

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task A_new_draft_lacks_every_step_except_sharing_with_administrators()
    {
        var id = await Drafts.StartAsync(Ana, Cancel);

        var draft = await _desk.GetAsync(id);

        Assert.Equal(Sharing.Administrators, draft.Sharing);
        Assert.Equal(
            [WizardStep.Name, WizardStep.Key, WizardStep.Consent, WizardStep.Connect, WizardStep.Authenticate, WizardStep.ExportUser],
            draft.Missing
        );
    }

    [Fact]
    public async Task Every_completed_step_is_stored_and_survives_a_restart()
    {
        var id = await _desk.FillInAsync();
        await Drafts.ShareAsync(Ana, id, Sharing.ChosenContributors, ["carla", "carla"], Cancel);
        await _desk.Product.StopAsync();

        var draft = await _desk.GetAsync(id);

        Assert.Empty(draft.Missing);
        Assert.Equal(("Shop", "ll01", Sharing.ChosenContributors), (draft.Name, draft.ApiKeyEnding, draft.Sharing));
        Assert.Equal(["carla"], draft.ChosenContributors);
        Assert.Equal(
            (PracticeStore.Id, "Practice Store", "Europe/Belgrade", true),
            (draft.Check!.AccountId, draft.Check.Name, draft.Check.TimeZone, draft.Check.IsTestAccount)
        );
        Assert.True(draft is { AgreedAt: not null, AuthenticatedAt: not null, ExportUserAt: not null, SignInProblem: null, Remarks: [] });
    }

    [Theory]
    [InlineData("", "Connections.NameNeeded")]
    [InlineData("   ", "Connections.NameNeeded")]
    [InlineData("shop", "Connections.NameTaken")]
    [InlineData(" SHOP ", "Connections.NameTaken")]
    public async Task An_invalid_name_is_refused_and_the_previous_one_stays(string name, string message)
    {
        await _desk.Product.AddConnectionAsync("Shop");
        var id = await _desk.FillInAsync(
            "Outlet",
            without: [WizardStep.Key, WizardStep.Consent, WizardStep.Connect, WizardStep.Authenticate, WizardStep.ExportUser]
        );

        Assert.Equal(message, (await DraftDesk.RefusalAsync(() => Drafts.SetNameAsync(Ana, id, name, Cancel))).Code);
        Assert.Equal(
            "Connections.NameNeeded",
            (await DraftDesk.RefusalAsync(() => Drafts.SetNameAsync(Ana, id, new string('x', 101), Cancel))).Code
        );

        Assert.Equal("Outlet", (await _desk.GetAsync(id)).Name);
    }

    [Theory]
    [InlineData("", "Connections.ContributorsNeeded")]
    [InlineData("oskar", "Connections.NotContributor")]
    [InlineData("carla nobody", "Connections.NotContributor")]
    public async Task Only_contributors_can_be_chosen_and_at_least_one(string chosen, string message)
    {
        var id = await Drafts.StartAsync(Ana, Cancel);

        var refusal = await DraftDesk.RefusalAsync(() =>
            Drafts.ShareAsync(Ana, id, Sharing.ChosenContributors, chosen.Split(' ', StringSplitOptions.RemoveEmptyEntries), Cancel)
        );

        Assert.Equal(message, refusal.Code);
        Assert.Equal(Sharing.Administrators, (await _desk.GetAsync(id)).Sharing);
    }

    [Fact]
    public async Task A_chosen_person_who_is_no_longer_a_contributor_makes_the_step_incomplete()
    {
        var id = await _desk.FillInAsync();
        await Drafts.ShareAsync(Ana, id, Sharing.ChosenContributors, ["carla"], Cancel);

        await _desk.Product.ChangeRoleAsync(Product.Contributor, Role.Operator);

        Assert.Equal([WizardStep.Sharing], (await _desk.GetAsync(id)).Missing);
        Assert.Equal("Connections.NotReady", (await DraftDesk.RefusalAsync(() => _desk.SaveAsync(id))).Code);
    }

    [Theory]
    [InlineData("", "Connections.KeyNeeded")]
    [InlineData(" \n", "Connections.KeyNeeded")]
    [InlineData("pk_ ključ", "Connections.KeyMalformed")]
    [InlineData("pk_line\nbreak", "Connections.KeyMalformed")]
    public async Task An_impossible_key_is_refused_and_the_previous_one_stays(string key, string message)
    {
        var id = await _desk.FillInAsync();

        Assert.Equal(message, (await DraftDesk.RefusalAsync(() => Drafts.SetKeyAsync(Ana, id, key, Cancel))).Code);

        Assert.Empty((await _desk.GetAsync(id)).Missing);
    }

    [Fact]
    public async Task A_key_is_stored_encrypted_and_trimmed()
    {
        var id = await Drafts.StartAsync(Ana, Cancel);

        await Drafts.SetKeyAsync(Ana, id, $" {PracticeStore.FullKey}\n", Cancel);

        Assert.Equal(PracticeStore.FullKey, _desk.Product.Get<SecretProtector>().UnprotectCredential((await _desk.FindAsync(id))!.ApiKey!));
        Assert.Empty(_desk.Product.Sandbox.State.Requests);
    }

    [Fact]
    public async Task Another_key_discards_the_checks_of_the_previous_one_and_keeps_the_person()
    {
        var id = await _desk.FillInAsync();

        await Drafts.SetKeyAsync(Ana, id, PracticeStore.ReadOnlyKey, Cancel);

        var draft = await _desk.GetAsync(id);
        Assert.Equal([WizardStep.Connect, WizardStep.Authenticate], draft.Missing);
        Assert.Equal((null, "ly02"), (draft.Check, draft.ApiKeyEnding));
    }

    [Fact]
    public async Task Klaviyo_is_not_called_before_I_agree()
    {
        var id = await _desk.FillInAsync(without: [WizardStep.Consent, WizardStep.Connect, WizardStep.Authenticate, WizardStep.ExportUser]);

        Assert.Equal("Connections.ConsentNeeded", (await DraftDesk.RefusalAsync(() => Drafts.ConnectAsync(Ana, id, Cancel))).Code);

        Assert.Empty(_desk.Product.Sandbox.State.Requests);
    }

    [Fact]
    public async Task Agreeing_again_keeps_the_first_time_and_disagreeing_removes_it()
    {
        var id = await Drafts.StartAsync(Ana, Cancel);
        await Drafts.AgreeAsync(Ana, id, agreed: true, Cancel);
        var first = (await _desk.GetAsync(id)).AgreedAt;

        _desk.Clock.Shift += TimeSpan.FromMinutes(1);
        await Drafts.AgreeAsync(Ana, id, agreed: true, Cancel);
        Assert.Equal(first, (await _desk.GetAsync(id)).AgreedAt);

        await Drafts.AgreeAsync(Ana, id, agreed: false, Cancel);
        Assert.Contains(WizardStep.Consent, (await _desk.GetAsync(id)).Missing);
    }

    [Fact]
    public async Task Connect_without_a_key_asks_for_it()
    {
        var id = await _desk.FillInAsync(without: [WizardStep.Key, WizardStep.Connect, WizardStep.Authenticate, WizardStep.ExportUser]);

        Assert.Equal("Connections.KeyNeeded", (await DraftDesk.RefusalAsync(() => Drafts.ConnectAsync(Ana, id, Cancel))).Code);
    }

    [Theory]
    [InlineData(PracticeStore.ReadOnlyKey, "lists:write profiles:write")]
    [InlineData(PracticeStore.NoListsWriteKey, "lists:write")]
    public async Task The_missing_scopes_of_a_key_are_named_and_the_step_is_incomplete(string key, string missing)
    {
        var id = await _desk.FillInAsync(key: key, without: [WizardStep.Connect, WizardStep.Authenticate, WizardStep.ExportUser]);

        var draft = await Drafts.ConnectAsync(Ana, id, Cancel);

        Assert.Equal(missing, string.Join(' ', draft.Check!.MissingScopes));
        Assert.Contains(WizardStep.Connect, draft.Missing);
        Assert.Equal("Connections.ConnectFirst", (await DraftDesk.RefusalAsync(() => Drafts.ConfirmAccountAsync(Ana, id, Cancel))).Code);
    }

    [Theory, Trait(Needs.Trait, Needs.Time)]
    [InlineData(401, "Klaviyo.KeyRefused")]
    [InlineData(410, "Klaviyo.RevisionRetired")]
    [InlineData(429, "Klaviyo.OutageTooManyRequests")]
    [InlineData(503, "Klaviyo.OutageServerFault")]
    public async Task Another_response_of_Klaviyo_is_reported_and_the_key_is_kept(int status, string message)
    {
        var id = await _desk.FillInAsync(without: [WizardStep.Connect, WizardStep.Authenticate, WizardStep.ExportUser]);
        _desk.Product.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = status });

        Assert.Equal(message, (await DraftDesk.RefusalAsync(() => Drafts.ConnectAsync(Ana, id, Cancel))).Code);

        Assert.Equal("ll01", (await _desk.GetAsync(id)).ApiKeyEnding);
    }

    [Fact]
    public async Task A_network_failure_is_not_reported_as_a_wrong_key()
    {
        await using var product = await Product.CreateAsync(settings: new() { ["Klaviyo:BaseUrl"] = "http://127.0.0.1:9" });
        var drafts = product.Get<ConnectionDrafts>();
        var id = await drafts.StartAsync(Ana, Cancel);
        await drafts.SetKeyAsync(Ana, id, PracticeStore.FullKey, Cancel);
        await drafts.AgreeAsync(Ana, id, agreed: true, Cancel);

        Assert.Equal("Klaviyo.OutageCannotConnect", (await DraftDesk.RefusalAsync(() => drafts.ConnectAsync(Ana, id, Cancel))).Code);
    }

    [Fact]
    public async Task A_key_that_another_connection_uses_is_refused_and_that_one_is_named()
    {
        await _desk.Product.AddConnectionAsync("Main shop");
        var id = await _desk.FillInAsync(without: [WizardStep.Connect, WizardStep.Authenticate, WizardStep.ExportUser]);

        Assert.Equal(
            new LocalizedMessage("Connections.KeyInUse", "Main shop"),
            await DraftDesk.RefusalAsync(() => Drafts.ConnectAsync(Ana, id, Cancel))
        );

        Assert.Null((await _desk.GetAsync(id)).Check);
    }

    [Fact]
    public async Task A_connected_account_is_pointed_out_and_can_be_connected_again()
    {
        await _desk.Product.AddConnectionAsync("Main shop", key: PracticeStore.NoListsWriteKey);
        var id = await _desk.FillInAsync("Second door");

        Assert.Equal([new LocalizedMessage("Connections.SameAccount", "Main shop")], (await _desk.GetAsync(id)).Remarks);
        Assert.True(await _desk.SaveAsync(id) > 0);
    }

    [Fact]
    public async Task The_check_of_a_key_replaced_meanwhile_is_not_stored()
    {
        var id = await _desk.FillInAsync(without: [WizardStep.Connect, WizardStep.Authenticate, WizardStep.ExportUser]);
        _desk.Product.Sandbox.Faults.Add(new Fault(FaultKind.Delay) { DelayMs = 1_000, Times = 1 });

        var connecting = Drafts.ConnectAsync(Ana, id, Cancel);
        await Drafts.SetKeyAsync(Ana, id, SecondStore.FullKey, Cancel);

        Assert.Equal("Data.ChangedMeanwhile", (await DraftDesk.RefusalAsync(() => connecting)).Code);
        Assert.Null((await _desk.GetAsync(id)).Check);
    }

    [Fact]
    public async Task A_name_typed_during_a_call_to_Klaviyo_does_not_undo_its_result()
    {
        var id = await _desk.FillInAsync(without: [WizardStep.Connect, WizardStep.Authenticate, WizardStep.ExportUser]);
        _desk.Product.Sandbox.Faults.Add(new Fault(FaultKind.Delay) { DelayMs = 1_000, Times = 1 });

        var connecting = Drafts.ConnectAsync(Ana, id, Cancel);
        await Drafts.SetNameAsync(Ana, id, "Renamed", Cancel);

        Assert.Equal("Renamed", (await connecting).Name);
    }

    [Fact]
    public async Task Connect_changes_nothing_in_the_account()
    {
        await _desk.FillInAsync();

        Assert.All(
            _desk.Product.Sandbox.State.Requests.Where(request => request.Method != "GET"),
            request => Assert.InRange(request.Status, 400, 499)
        );
    }

    [Theory]
    [InlineData("admin", 0, null)]
    [InlineData("admin", 4, null)]
    [InlineData("admin", 6, "Connections.SignInStale")]
    [InlineData("admin", -1, "Connections.SignInStale")]
    [InlineData("carla", 0, "Connections.SignInStale")]
    public async Task An_export_user_is_the_person_who_asks_and_signed_in_within_five_minutes(
        string userId,
        int minutesAgo,
        string? message
    )
    {
        var id = await Drafts.StartAsync(Ana, Cancel);
        var at = _desk.Clock.GetUtcNow().AddMinutes(-minutesAgo);

        var refused =
            await Record.ExceptionAsync(() => Drafts.AddExportUserAsync(Ana, id, new FreshSignIn(userId, at), Cancel))
            as LocalizedException;

        Assert.Equal(message, refused?.LocalizedMessage.Code);
        Assert.Equal(message is null ? at : null, (await _desk.GetAsync(id)).ExportUserAt);
    }

    [Fact]
    public async Task Two_changes_at_once_of_one_draft_do_not_undo_each_other()
    {
        var id = await Drafts.StartAsync(Ana, Cancel);

        var refusals = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(number =>
                    Record
                        .ExceptionAsync(() =>
                            number % 2 == 0
                                ? Drafts.SetNameAsync(Ana, id, $"Name {number}", Cancel)
                                : Drafts.AgreeAsync(Ana, id, agreed: true, Cancel)
                        )
                        .AsTask()
                )
        );

        Assert.All(refusals.OfType<LocalizedException>(), refusal => Assert.Equal("Data.ChangedMeanwhile", refusal.LocalizedMessage.Code));
        Assert.Equal(refusals.Length - refusals.OfType<LocalizedException>().Count(), (await _desk.FindAsync(id))!.Version);
    }

    [Fact]
    public async Task A_draft_is_visible_to_its_owner_only()
    {
        var zora = await _desk.Product.AddPersonAsync("zora", Role.Administrator);
        var id = await _desk.FillInAsync();
        Func<Task>[] steps =
        [
            () => Drafts.GetAsync(zora, id, Cancel),
            () => Drafts.SetNameAsync(zora, id, "Mine", Cancel),
            () => Drafts.ShareAsync(zora, id, Sharing.AllContributors, [], Cancel),
            () => Drafts.SetKeyAsync(zora, id, PracticeStore.FullKey, Cancel),
            () => Drafts.UseSecretAsync(zora, id, KlaviyoExport.Secrets.SecretPlaceKind.KeyVault, "key", Cancel),
            () => Drafts.AgreeAsync(zora, id, false, Cancel),
            () => Drafts.ConnectAsync(zora, id, Cancel),
            () => Drafts.ConfirmAccountAsync(zora, id, Cancel),
            () => Drafts.AddExportUserAsync(zora, id, new FreshSignIn("zora", _desk.Clock.GetUtcNow()), Cancel),
            () => Drafts.SaveAsync(zora, id, Cancel),
            () => Drafts.DiscardAsync(zora, id, Cancel),
        ];

        foreach (var step in steps)
            Assert.Equal("Connections.DraftGone", (await DraftDesk.RefusalAsync(step)).Code);

        Assert.Empty(await Drafts.MineAsync(zora, Cancel));
        Assert.Empty((await _desk.GetAsync(id)).Missing);
    }

    [Fact]
    public async Task Unfinished_drafts_are_listed_with_the_latest_change_first()
    {
        var first = await _desk.FillInAsync("First", without: [WizardStep.ExportUser]);
        await Drafts.StartAsync(Ana, Cancel);
        _desk.Clock.Shift += TimeSpan.FromMinutes(1);
        await Drafts.SetNameAsync(Ana, first, "Once more", Cancel);

        var mine = await Drafts.MineAsync(Ana, Cancel);

        Assert.Equal(["Once more", ""], mine.Select(draft => draft.Name));
        Assert.Equal([WizardStep.ExportUser], mine[0].Missing);
    }

    [Fact]
    public async Task A_discarded_draft_is_deleted()
    {
        var id = await _desk.FillInAsync();

        await Drafts.DiscardAsync(Ana, id, Cancel);

        Assert.Null(await _desk.FindAsync(id));
        Assert.Equal("Connections.DraftGone", (await DraftDesk.RefusalAsync(() => _desk.GetAsync(id))).Code);
    }
}
