using System.Text;
using Bunit;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.Exports;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Exports;

public sealed class EditExportTests : IAsyncLifetime
{
    private const string Cap = "20";
    private SandboxServer _sandbox = default!;
    private PageContext _context = default!;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await SandboxServer.StartAsync(
            new SandboxOptions { Url = "http://127.0.0.1:0" },
            Xunit.TestContext.Current.CancellationToken
        );
        _sandbox.Faults.Add(new(Sandbox.Faults.FaultKind.LimitsOff));
        _context = await PageContext.CreateAsync(Role.Contributor, _sandbox, new() { ["Klaviyo:MaxProfilesPerExport"] = Cap });
        _context.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        await _sandbox.DisposeAsync();
    }

    [Fact]
    public void Without_a_connection_the_page_says_whom_to_ask()
    {
        var page = _context.Ui.Render<EditExport>();

        page.WaitForAssertion(() => Assert.Contains("administrator", page.Find(".empty").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll("form"));
    }

    [Fact]
    public async Task All_lists_of_the_account_are_offered_and_double_opt_in_warns()
    {
        await LayOutAsync(members: 10);
        var page = Render();
        Button(page, "Choose a list").Click();
        page.WaitForAssertion(() => Assert.Equal(PracticeStore.Seed.Lists.Count, page.FindAll(".picker-item").Count));

        page.Find("[type=search]").Input(PracticeStore.DoubleOptInList);
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".picker-item")));
        page.Find(".picker-item").Click();

        Assert.Equal(PracticeStore.DoubleOptInList, page.Find("#list").GetAttribute("value"));
        Assert.Contains("double opt-in", page.Find(".alert-warning").TextContent, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Matches(@"double opt-in · [\d,]+ members", page.Find("#list").Closest("section")!.TextContent));
    }

    [Fact]
    public async Task The_list_of_an_export_is_shown_with_size_and_opt_in_when_its_form_opens()
    {
        await LayOutAsync(members: 10);
        var page = Render(await AddExportAsync("Readers", PracticeStore.DoubleOptInList));

        page.WaitForAssertion(() => Assert.Matches(@"double opt-in · [\d,]+ members", page.Find("#list").Closest("section")!.TextContent));
        Assert.Contains("double opt-in", page.Find(".alert-warning").TextContent, StringComparison.Ordinal);
        Assert.False(page.Find("form").HasAttribute("data-unsaved"));
    }

    [Fact]
    public async Task A_form_that_chooses_another_list_says_that_people_stay_on_the_old_one()
    {
        await LayOutAsync(members: 10);
        var page = Render(await AddExportAsync("Readers", PracticeStore.DoubleOptInList));
        Assert.DoesNotContain("The people on the old list stay", page.Markup, StringComparison.Ordinal);

        page.Find("#list").Change(PracticeStore.Newsletter);
        page.WaitForAssertion(() => Assert.Contains("The people on the old list stay", page.Markup, StringComparison.Ordinal));

        page.Find("#list").Change(PracticeStore.DoubleOptInList);
        page.WaitForAssertion(() => Assert.DoesNotContain("The people on the old list stay", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_form_stays_usable_when_Klaviyo_cannot_be_reached()
    {
        await LayOutAsync(members: 10);
        var id = await AddExportAsync("Readers");
        _sandbox.Faults.Add(new(Sandbox.Faults.FaultKind.Status) { Status = 403 });
        var page = Render(id);

        page.WaitForAssertion(() =>
            Assert.Contains("does not return this list", page.Find("#list").Closest("section")!.TextContent, StringComparison.Ordinal)
        );
        page.Find("#name").Input("Renamed");
        Assert.Empty(page.FindAll("#list-wrong"));
        Assert.True(page.Find("form").HasAttribute("data-unsaved"));
    }

    [Fact]
    public async Task A_list_that_is_not_in_the_account_is_reported_as_soon_as_it_is_typed()
    {
        await LayOutAsync(members: 10);
        var page = Render();
        page.Find("#list").Change("Nope42");

        page.WaitForAssertion(() => Assert.Contains("Nope42", page.Find("#list-wrong").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_export_is_saved_as_entered_and_not_run()
    {
        await LayOutAsync(members: 10);
        var page = Render();
        Assert.Equal("contact", page.Find("#email-field").GetAttribute("value"));
        page.Find("#name").Input("Readers");
        page.Find("#list").Change(PracticeStore.Newsletter);
        page.WaitForAssertion(() => Assert.Contains("Newsletter", page.Markup, StringComparison.Ordinal));
        page.Find("[aria-labelledby=segments] input").Change(true);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("#missing li")));

        await page.Find("form").SubmitAsync();

        await using var db = await _context.OpenAsync();
        var saved = await db.Set<Export>().Include(export => export.Segments).SingleAsync(Xunit.TestContext.Current.CancellationToken);
        Assert.Equal(("Readers", "Newsletter", "contact", 1), (saved.Name, saved.ListName, saved.EmailField, saved.Segments.Count));
        Assert.Empty(await db.Set<Run>().ToListAsync(Xunit.TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Segments_over_the_cap_cannot_be_saved_and_the_form_says_by_how_many()
    {
        await LayOutAsync(members: 21);
        var page = Render();
        page.Find("[aria-labelledby=segments] input").Change(true);

        page.WaitForAssertion(() =>
            Assert.Contains(
                "21 distinct profiles, but an export may send at most 20",
                page.Find(".alert-danger").TextContent,
                StringComparison.Ordinal
            )
        );
        Assert.Contains("Choose fewer or smaller segments.", page.Find("#missing").TextContent, StringComparison.Ordinal);
        Assert.True(page.Find("[type=submit]").HasAttribute("disabled"));
    }

    [Fact]
    public async Task Segments_near_the_cap_get_a_warning()
    {
        await LayOutAsync(members: 17);
        var page = Render();
        page.Find("[aria-labelledby=segments] input").Change(true);

        page.WaitForAssertion(() =>
            Assert.Contains("close to the limit of 20", page.Find(".alert-warning").TextContent, StringComparison.Ordinal)
        );
        Assert.DoesNotContain("fewer or smaller", page.Find("#missing").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Profiles_in_several_segments_are_counted_once()
    {
        await LayOutAsync(members: 12);
        var page = Render();
        page.FindAll("[aria-labelledby=segments] input")[0].Change(true);
        page.FindAll("[aria-labelledby=segments] input")[1].Change(true);

        page.WaitForAssertion(() =>
            Assert.Contains("Distinct profiles in the chosen segments: 12.", page.Find(".union").TextContent, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_taken_name_is_reported_at_the_field()
    {
        await LayOutAsync(members: 10);
        await AddExportAsync("Readers");
        var page = Render();
        await FillAsync(page, "Readers");
        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Contains("Readers", page.Find("#name-wrong").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_second_editor_sees_what_changed_and_decides_field_by_field()
    {
        await LayOutAsync(members: 10);
        var id = await AddExportAsync("Readers");
        var page = Render(id);
        page.Find("#name").Input("Mine");
        await page.InvokeAsync(() => page.FindAll("input[name=sync]")[1].Change(true));
        var theirs = (await Exports.GetAsync(Actor.System, id, Token)).Draft;
        await Exports.SaveAsync(Actor.System, theirs with { Name = "Theirs", SyncMode = SyncMode.Mirror }, Token);

        await page.Find("form").SubmitAsync();

        page.WaitForElement(".conflict");
        page.WaitForAssertion(() => _context.Ui.JSInterop.VerifyFocusAsyncInvoke());
        Assert.Equal(
            ["Display name", "Theirs", "Mine", "Use their changes", "Sync mode", "Mirror", "Incremental", "Use their changes"],
            page.FindAll(".conflict tbody td").Select(cell => cell.TextContent)
        );
        Assert.Equal("Theirs", (await Exports.GetAsync(Actor.System, id, Token)).Draft.Name);

        page.FindAll(".conflict tbody button")[1].Click();
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".conflict tbody tr")));
        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() =>
            Assert.EndsWith(
                $"/exports/{id}?saved=true",
                _context.Ui.Services.GetRequiredService<NavigationManager>().Uri,
                StringComparison.Ordinal
            )
        );
        var saved = (await Exports.GetAsync(Actor.System, id, Token)).Draft;
        Assert.Equal(("Mine", SyncMode.Mirror), (saved.Name, saved.SyncMode));
    }

    [Fact]
    public async Task The_rules_of_the_list_are_saved_as_entered()
    {
        await LayOutAsync(members: 10);
        var id = await AddExportAsync("Readers");
        var page = Render(id);
        Assert.Equal("50", page.Find("#approval-share").GetAttribute("placeholder"));
        Assert.Equal("100", page.Find("#approval-at-least").GetAttribute("placeholder"));
        await page.InvokeAsync(() => page.FindAll("input[name=when-removed]")[1].Change(true));
        page.Find("#verify").Change(nameof(VerifyList.Daily));
        page.Find("#approval-share").Change("12.5");
        page.Find("#approval-at-least").Change("40");
        Assert.True(page.Find("form").HasAttribute("data-unsaved"));

        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() =>
            Assert.EndsWith("saved=true", _context.Ui.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal)
        );
        Assert.Equal(
            new ListRules
            {
                WhenRemovedByHand = WhenRemovedByHand.PutBack,
                Verify = VerifyList.Daily,
                ApprovalShare = 0.125,
                ApprovalAtLeast = 40,
            },
            (await Exports.GetAsync(Actor.System, id, Token)).Draft.ListRules
        );
    }

    [Theory]
    [InlineData("#approval-share", "0.5", "Enter 1 to 10,000 percent")]
    [InlineData("#approval-at-least", "0", "Enter 1 to 1,000,000 profiles")]
    public async Task A_limit_for_approval_out_of_range_is_reported_at_its_field(string field, string value, string message)
    {
        await LayOutAsync(members: 10);
        var page = Render(await AddExportAsync("Readers"));
        page.Find(field).Change(value);

        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Contains(message, page.Find($"{field}-wrong").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Other_exports_to_the_chosen_list_are_named()
    {
        await LayOutAsync(members: 10);
        var id = await AddExportAsync("Readers");
        var another = await AddExportAsync("Buyers");
        await Exports.SaveAsync(
            Actor.System,
            (await Exports.GetAsync(Actor.System, another, Token)).Draft with
            {
                SyncMode = SyncMode.Mirror,
            },
            Token
        );

        var page = Render(id);
        page.WaitForAssertion(() =>
            Assert.StartsWith(
                "1 other export sends to this list: Buyers (Mirror). A person leaves the list only when no export",
                page.Find(".other-exports").TextContent,
                StringComparison.Ordinal
            )
        );

        page.Find("#list").Change(PracticeStore.WinBack);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".other-exports")));
        page.Find("#list").Change(PracticeStore.Newsletter);
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".other-exports")));
        page.Find("#connection").Change("");
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".other-exports")));
    }

    [Fact]
    public async Task The_second_editor_sees_and_takes_changed_rules()
    {
        await LayOutAsync(members: 10);
        var id = await AddExportAsync("Readers");
        var page = Render(id);
        page.Find("#approval-share").Change("10");
        var rules = new ListRules { WhenRemovedByHand = WhenRemovedByHand.PutBack, ApprovalAtLeast = 5 };
        await Exports.SaveAsync(Actor.System, (await Exports.GetAsync(Actor.System, id, Token)).Draft with { ListRules = rules }, Token);

        await page.Find("form").SubmitAsync();

        page.WaitForElement(".conflict");
        Assert.Equal(
            [
                "When somebody was taken off the list in Klaviyo",
                "Put them back in the next run",
                "Leave them off (they may have asked for it)",
                "Use their changes",
                "Approval required",
                "When a run would change more than 50% (installation) of the last run’s profiles, and at least this number of profiles: 5",
                "When a run would change more than 10% of the last run’s profiles, and at least this number of profiles: 100 (installation)",
                "Use their changes",
            ],
            page.FindAll(".conflict tbody td").Select(cell => cell.TextContent)
        );
        page.FindAll(".conflict tbody button")[0].Click();
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".conflict tbody tr")));
        page.FindAll(".conflict tbody button")[0].Click();
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".conflict tbody tr")));
        Assert.Equal("5", page.Find("#approval-at-least").GetAttribute("value"));
    }

    [Fact]
    public async Task A_further_change_after_the_decision_is_shown_again()
    {
        await LayOutAsync(members: 10);
        var id = await AddExportAsync("Readers");
        var page = Render(id);
        page.Find("#name").Input("Mine");
        await RenameAsync(id, "Second");
        await page.Find("form").SubmitAsync();
        page.WaitForElement(".conflict");
        await RenameAsync(id, "Third");

        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Contains("Third", page.Find(".conflict").TextContent, StringComparison.Ordinal));
        Button(page, "Discard my changes").Click();
        page.WaitForAssertion(() => Assert.Equal("Third", page.Find("#name").GetAttribute("value")));
        Assert.Empty(page.FindAll(".conflict, [data-unsaved]"));
    }

    [Fact]
    public async Task Leaving_asks_only_with_unsaved_changes()
    {
        await LayOutAsync(members: 10);
        var page = Render();
        Assert.Empty(page.FindAll("[data-unsaved]"));
        page.Find("#name").Input("R");
        Assert.NotEmpty(page.FindAll("[data-unsaved]"));
        page.Find("#name").Input("");
        Assert.Empty(page.FindAll("[data-unsaved]"));
    }

    private static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    private ExportService Exports => _context.Ui.Services.GetRequiredService<ExportService>();

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<EditExport> page, string text) =>
        page.FindAll("button").Single(button => button.TextContent == text);

    private IRenderedComponent<EditExport> Render(int? id = null)
    {
        var page = _context.Ui.Render<EditExport>(parameters => parameters.Add(edit => edit.Id, id));
        page.WaitForElement("#name");
        return page;
    }

    private static async Task FillAsync(IRenderedComponent<EditExport> page, string name)
    {
        page.Find("#name").Input(name);
        page.Find("#list").Change(PracticeStore.Newsletter);
        page.WaitForAssertion(() => Assert.Contains("Newsletter", page.Markup, StringComparison.Ordinal));
        await page.InvokeAsync(() => page.Find("[aria-labelledby=segments] input").Change(true));
    }

    private async Task<int> AddExportAsync(string name, string list = PracticeStore.Newsletter)
    {
        await using var db = await _context.OpenAsync();
        return await Exports.SaveAsync(
            Actor.System,
            new ExportDraft
            {
                Name = name,
                ConnectionId = (await db.Set<Connection>().SingleAsync(Token)).Id,
                ListId = list,
                SourceId = (await db.Set<Source>().SingleAsync(Token)).Id,
                EmailField = "contact",
                SegmentIds = [await db.Set<Segment>().MinAsync(segment => segment.Id, Token)],
            },
            Token
        );
    }

    private async Task RenameAsync(int id, string name) =>
        await Exports.SaveAsync(Actor.System, (await Exports.GetAsync(Actor.System, id, Token)).Draft with { Name = name }, Token);

    private async Task LayOutAsync(int members)
    {
        var services = _context.Ui.Services;
        await using var db = await _context.OpenAsync();
        db.Set<Connection>()
            .Add(
                new Connection
                {
                    Name = "Shop",
                    Sharing = Sharing.AllContributors,
                    AccountId = PracticeStore.Id,
                    AccountName = "Practice",
                    ApiKey = services.GetRequiredService<SecretProtector>().ProtectCredential(PracticeStore.FullKey),
                    ApiKeyEnding = "",
                    ConsentBy = "Ana",
                    CreatedBy = "Ana",
                }
            );
        await db.SaveChangesAsync(Token);
        var csv = "id,contact\n" + string.Concat(Enumerable.Range(1, members).Select(number => $"{number},person{number}@example.com\n"));
        var path = await services
            .GetRequiredService<SourceUploads>()
            .SaveAsync(Actor.System, new MemoryStream(Encoding.UTF8.GetBytes(csv)), "c.csv", Token);
        var source = await services
            .GetRequiredService<SourceService>()
            .SaveAsync(
                Actor.System,
                new SourceDraft
                {
                    Name = "Customers",
                    Location = path,
                    KeyColumns = ["id"],
                },
                Token
            );
        foreach (var name in new[] { "All", "All once more" })
        {
            await services
                .GetRequiredService<SegmentService>()
                .SaveAsync(
                    Actor.System,
                    new SegmentDraft
                    {
                        Name = name,
                        SourceId = source.Id,
                        Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
                    },
                    Token
                );
        }
    }
}
