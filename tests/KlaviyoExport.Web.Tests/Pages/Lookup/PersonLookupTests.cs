using Bunit;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Pages.Lookup;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Lookup;

public sealed class PersonLookupTests
{
    private const string Ana = "ana@shop.example";

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_text_nothing_is_searched()
    {
        await using var context = await PageContext.CreateAsync(Role.Administrator);
        var page = context.Ui.Render<PersonLookup>();

        await FindAsync(page, "  ");

        Assert.Contains("Enter an email address or a profile key.", page.Find("#person-wrong").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("h2"));
    }

    [Fact]
    public async Task Somebody_without_any_export_reads_why_there_is_nothing()
    {
        await using var context = await PageContext.CreateAsync(Role.Contributor);
        var page = context.Ui.Render<PersonLookup>();

        await FindAsync(page, Ana);

        Assert.Contains("no export whose addresses you may see", page.Find(".empty").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    public async Task The_service_refuses_people_who_may_not_see_addresses(Role role)
    {
        await using var context = await PageContext.CreateAsync(role);
        var page = context.Ui.Render<PersonLookup>();

        await FindAsync(page, Ana);

        Assert.NotEmpty(page.Find("[role=alert]").TextContent.Trim());
        Assert.Empty(page.FindAll("h2"));
    }

    [Theory]
    [InlineData(Role.Contributor, false)]
    [InlineData(Role.Administrator, true)]
    public async Task What_the_store_knows_is_shown_when_neither_the_source_nor_Klaviyo_can_be_read(Role role, bool mayErase)
    {
        await using var context = await PageContext.CreateAsync(role);
        await AddRejectionAsync(context);
        var page = context.Ui.Render<PersonLookup>();

        await FindAsync(page, " ANA@shop.example ");

        Assert.Equal("Results for ANA@shop.example", page.Find("h2").TextContent);
        var card = page.Find("section[aria-labelledby^=export]").TextContent;
        Assert.Contains("The source cannot be read.", card, StringComparison.Ordinal);
        Assert.Contains("Klaviyo did not answer", card, StringComparison.Ordinal);
        Assert.Contains("C-1: Refused by Klaviyo (It is gone.)", card, StringComparison.Ordinal);
        Assert.Equal(mayErase, page.FindAll("#data").Count == 1);
        Assert.DoesNotContain("ana", context.Ui.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Erasing_asks_with_the_counts_and_then_says_what_was_erased()
    {
        await using var context = await PageContext.CreateAsync(Role.Administrator);
        await AddRejectionAsync(context);
        var asked = context.Questions(yes: true);
        var page = context.Ui.Render<PersonLookup>();
        await FindAsync(page, Ana);

        await PressAsync(page, "Erase…");

        var question = context.TextOf(Assert.Single(asked));
        Assert.Contains("memberships (0), removals (0) and differences (0)", question, StringComparison.Ordinal);
        Assert.Contains("detail of rejections (1)", question, StringComparison.Ordinal);
        Assert.DoesNotContain("ana@", question, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Erased: memberships 0, rejections 1", page.Find(".alert-success").TextContent, StringComparison.Ordinal);
        await using (var db = await context.OpenAsync())
        {
            var rejection = await db.Set<Rejection>().SingleAsync(Cancel);
            Assert.Equal(("-", null, null), (rejection.ProfileKey, rejection.Email, rejection.Detail));
            // What is left is shown after the erasure.
            Assert.Equal(["Lists.PersonLookedUp", "Lists.PersonErased", "Lists.PersonLookedUp"], await DeedsAsync(db));
        }

        await PressAsync(page, "Erase…");
        Assert.Contains("Nothing is stored about this person.", page.Find(".alert-success").TextContent, StringComparison.Ordinal);
        Assert.Single(asked);
    }

    [Fact]
    public async Task Without_a_confirmation_nothing_is_erased()
    {
        await using var context = await PageContext.CreateAsync(Role.Administrator);
        await AddRejectionAsync(context);
        context.Answer(yes: false);
        var page = context.Ui.Render<PersonLookup>();
        await FindAsync(page, Ana);

        await PressAsync(page, "Erase…");

        await using var db = await context.OpenAsync();
        Assert.NotNull((await db.Set<Rejection>().SingleAsync(Cancel)).Email);
        Assert.Equal(["Lists.PersonLookedUp"], await DeedsAsync(db));
    }

    [Fact]
    public async Task An_active_run_is_named_when_it_prevents_the_erasure()
    {
        await using var context = await PageContext.CreateAsync(Role.Administrator);
        var run = await AddRejectionAsync(context, ended: false);
        context.Answer(yes: true);
        var page = context.Ui.Render<PersonLookup>();
        await FindAsync(page, Ana);

        await PressAsync(page, "Erase…");

        Assert.Contains($"Run {run} of Readers is in progress", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_is_sent_over_the_circuit_and_has_no_address_in_its_name()
    {
        await using var context = await PageContext.CreateAsync(Role.Administrator);
        await AddRejectionAsync(context);
        var page = context.Ui.Render<PersonLookup>();
        await FindAsync(page, Ana);

        await PressAsync(page, "Download");

        var call = Assert.Single(context.Ui.JSInterop.Invocations["files.save"]);
        Assert.Equal("person-data.json", call.Arguments[0]);
        await using var db = await context.OpenAsync();
        Assert.Equal(["Lists.PersonLookedUp", "Lists.PersonDownloaded"], await DeedsAsync(db));
    }

    private static Task<List<string>> DeedsAsync(AppDb db) =>
        db.Set<AuditEntry>().OrderBy(entry => entry.Id).Select(entry => entry.Action).ToListAsync(Cancel);

    private static async Task FindAsync(IRenderedComponent<PersonLookup> page, string text)
    {
        await page.Find("#person").ChangeAsync(new ChangeEventArgs { Value = text });
        await page.Find("form").SubmitAsync();
    }

    private static Task PressAsync(IRenderedComponent<PersonLookup> page, string name) =>
        page.FindAll("button").Single(button => button.TextContent.Trim().EndsWith(name, StringComparison.Ordinal)).ClickAsync(new());

    private static async Task<int> AddRejectionAsync(PageContext context, bool ended = true)
    {
        var run = await context.AddRunAsync(run =>
        {
            if (!ended)
                return;
            (run.State, run.ActiveExportId) = (RunState.CompletedWithWarnings, null);
            run.FinishedAt = run.QueuedAt;
        });
        await using var db = await context.OpenAsync();
        db.Add(
            new Rejection
            {
                RunId = run.Id,
                ProfileKey = "C-1",
                Reason = RejectionReason.Refused,
                Detail = "It is gone.",
                Email = context.Ui.Services.GetRequiredService<SecretProtector>().ProtectEmail(Ana),
            }
        );
        await db.SaveChangesAsync(Cancel);
        return run.Id;
    }
}
