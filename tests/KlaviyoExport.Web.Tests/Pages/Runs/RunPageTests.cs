using Bunit;
using KlaviyoExport.Data;
using KlaviyoExport.Lists;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Components;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RunPage = KlaviyoExport.Web.Pages.Runs.RunPage;

namespace KlaviyoExport.Web.Tests.Pages.Runs;

public sealed class RunPageTests
{
    private const StringSplitOptions Words = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task The_run_page_updates_until_the_run_has_ended()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var run = await context.AddRunAsync(run =>
            (run.State, run.Stage, run.Done, run.Total) = (RunState.Sending, Stage.Send, 500, 1_000)
        );
        var page = Render(context, run);
        page.WaitForAssertion(() => Assert.Contains("500 of 1,000 profiles", page.Markup, StringComparison.Ordinal));
        Assert.Equal("50", page.Find("[role=progressbar]").GetAttribute("aria-valuenow"));

        await UntilAsync(() => context.Clock.WaitingTimers == 1);
        await context.ChangeAsync(run.Id, run => run.Done = 700);
        context.Clock.Advance(Second);
        page.WaitForAssertion(() => Assert.Contains("700 of 1,000 profiles", page.Markup, StringComparison.Ordinal));

        await context.ChangeAsync(
            run.Id,
            run =>
            {
                run.State = RunState.Successful;
                run.ActiveExportId = null;
                run.Outcome = new LocalizedMessage("Delivery.Successful", 1_000);
            }
        );
        await UntilAsync(() => context.Clock.WaitingTimers == 1);
        context.Clock.Advance(Second);
        page.WaitForAssertion(() => Assert.Equal("Successful", page.Find(".run-state .badge").LastChild!.TextContent));
        Assert.Empty(page.FindAll("[role=progressbar]"));
        await UntilAsync(() => context.Clock.WaitingTimers == 0);
    }

    [Fact]
    public async Task The_run_page_shows_how_far_each_step_is_while_they_overlap()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var run = await context.AddRunAsync(run =>
        {
            (run.State, run.Stage, run.Done, run.Total) = (RunState.Preparing, Stage.Prepare, 60_000, 100_000);
            run.Reading = new RunReading(context.Clock.GetUtcNow())
            {
                Rates = new Dictionary<Stage, double>
                {
                    [Stage.Prepare] = 10_000,
                    [Stage.Send] = 2_000,
                    [Stage.Confirm] = 500,
                },
            };
        });
        await using (var db = await context.OpenAsync())
        {
            db.Set<Batch>()
                .AddRange(
                    new[] { BatchState.Confirmed, BatchState.Sent, BatchState.Prepared }.Select(
                        (state, index) =>
                            new Batch
                            {
                                RunId = run.Id,
                                Number = index + 1,
                                State = state,
                                Prepared = 10_000,
                            }
                    )
                );
            await db.SaveChangesAsync(Xunit.TestContext.Current.CancellationToken);
        }

        var page = Render(context, run);

        page.WaitForState(() => page.FindAll(".run-steps li").Count == 3);
        Assert.Equal(
            [
                "Read 60,000 of 100,000 profiles 10,000 a second",
                "Sent 20,000 of 100,000 profiles 2,000 a second",
                "Confirmed 10,000 of 100,000 profiles 500 a second",
            ],
            page.FindAll(".run-steps li")
                .Select(step => string.Join(' ', step.Children.Select(part => part.TextContent.Trim()).Where(text => text != "")))
        );
        Assert.Equal("60", page.FindAll("[role=progressbar]").Single().GetAttribute("aria-valuenow"));
        Assert.Equal("about 1 min 20 s left", page.Find(".run-left").TextContent);
        Assert.Empty(page.FindAll(".waits"));
    }

    [Fact]
    public async Task The_run_page_says_what_the_run_waits_for_and_announces_only_the_reason()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var now = context.Clock.GetUtcNow();
        var run = await context.AddRunAsync(run =>
        {
            (run.State, run.Stage) = (RunState.Confirming, Stage.Confirm);
            run.Reading = new RunReading(now)
            {
                Wait = new RunWait(RunWaitKind.Jobs, now.AddMinutes(-3))
                {
                    OpenJobs = 12,
                    QueuedJobs = 8,
                    ProcessingJobs = 4,
                },
            };
        });

        var page = Render(context, run);

        page.WaitForState(() => page.FindAll(".waits").Count == 1);
        Assert.Equal("Waiting for Klaviyo’s import jobs.", page.Find(".waits [role=status]").TextContent);
        Assert.Equal(
            "Open: 12 (queued: 8, in progress: 4). One has not progressed for 3 min 0 s.",
            string.Join(' ', page.Find(".waits .faint").TextContent.Split(default(char[]), Words))
        );

        await context.ChangeAsync(run.Id, run => run.Reading = run.Reading! with { At = now - RunReading.Lifetime });
        await UntilAsync(() => context.Clock.WaitingTimers == 1);
        context.Clock.Advance(Second);
        page.WaitForState(() => page.FindAll(".waits").Count == 0);
        Assert.Empty(page.Find("[role=status]").TextContent);
    }

    [Theory]
    [InlineData(true, "Klaviyo has asked for a pause.")]
    [InlineData(false, "Waiting for Klaviyo’s rate limit.")]
    public async Task The_run_page_says_which_limit_holds_the_run_until_when_and_who_else_uses_it(bool isPaused, string message)
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var now = context.Clock.GetUtcNow();
        var run = await context.AddRunAsync(run =>
        {
            (run.State, run.Stage) = (RunState.Sending, Stage.Send);
            run.Reading = new RunReading(now)
            {
                Wait = new RunWait(RunWaitKind.Limit, now.AddSeconds(-5))
                {
                    Endpoint = "bulk_import_profiles",
                    Until = now.AddSeconds(30),
                    IsPaused = isPaused,
                    IsShared = true,
                },
            };
        });

        var page = Render(context, run);

        page.WaitForState(() => page.FindAll(".waits").Count == 1);
        Assert.Equal(message, page.Find(".waits [role=status]").TextContent);
        Assert.Equal(
            "It limits bulk_import_profiles. The next call is possible at 12:00:30 UTC. Other programs use the limit of this account, too. So far: 5 s.",
            string.Join(' ', page.Find(".waits .faint").TextContent.Split([' ', '\n'], Words))
        );
    }

    [Fact]
    public async Task What_was_done_with_values_is_shown_by_field_with_examples()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var run = await context.AddRunAsync(run => (run.State, run.ActiveExportId) = (RunState.Successful, null));
        Assert.Empty(Render(context, run).FindAll("#fields"));
        await using (var db = await context.OpenAsync())
        {
            db.Set<FieldOutcome>()
                .AddRange(
                    Outcome(run, "email", FieldEffect.LikelyTypo, 1, new FieldExample("C-3", "gmial.com → gmail.com")),
                    Outcome(run, "phone_number", FieldEffect.Invalid, 1_025, new FieldExample("C-1"), new FieldExample("C-2"))
                );
            await db.SaveChangesAsync(Xunit.TestContext.Current.CancellationToken);
        }

        var rows = Render(context, run).FindAll("#fields tbody tr");

        Assert.Equal(
            [
                ["phone_number", "Left out: invalid value", "1,025", "C-1, C-2"],
                ["email", "Sent unchanged: probably mistyped", "1", "C-3 (gmial.com → gmail.com)"],
            ],
            rows.Select(row => row.Children.Select(cell => cell.TextContent.Trim()).ToArray())
        );

        static FieldOutcome Outcome(Run run, string attribute, FieldEffect effect, long count, params FieldExample[] examples) =>
            new()
            {
                RunId = run.Id,
                Attribute = attribute,
                Effect = effect,
                Count = count,
                Examples = [.. examples],
            };
    }

    [Fact]
    public async Task A_finished_run_is_not_polled_again()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var run = await context.AddRunAsync(run => (run.State, run.ActiveExportId) = (RunState.Canceled, null));
        var page = Render(context, run);

        page.WaitForAssertion(() => Assert.Contains("Canceled", page.Markup, StringComparison.Ordinal));
        Assert.Empty(page.FindComponents<LiveUpdates>());
        Assert.Equal(0, context.Clock.WaitingTimers);
    }

    [Fact]
    public async Task A_page_that_is_left_stops_its_live_updates()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var run = await context.AddRunAsync(run => run.State = RunState.Sending);
        Render(context, run);
        await UntilAsync(() => context.Clock.WaitingTimers == 1);

        await context.Ui.DisposeComponentsAsync();

        await UntilAsync(() => context.Clock.WaitingTimers == 0);
    }

    [Fact]
    public async Task A_queued_run_names_the_run_it_waits_for_until_that_ends()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var ahead = await context.AddRunAsync(run => run.State = RunState.Sending);
        var run = await AddAnotherAsync(context, ahead);
        var page = Render(context, run);
        page.WaitForAssertion(() =>
            Assert.Contains("Waiting for run 1 of “Readers”", page.Find(".waits").TextContent, StringComparison.Ordinal)
        );
        Assert.Equal("runs/1", page.Find(".waits a").GetAttribute("href"));
        Assert.Empty(page.FindAll("[role=progressbar]"));

        // The poll of the feed, and the pause that collects changes.
        await UntilAsync(() => context.Clock.WaitingTimers == 2);
        context.Clock.Advance(LiveUpdates.Gathering);
        await context.ChangeAsync(ahead.Id, run => (run.State, run.ActiveExportId) = (RunState.Successful, null));
        await UntilAsync(() => context.Clock.WaitingTimers == 1);
        context.Clock.Advance(Second - LiveUpdates.Gathering);
        await UntilAsync(() => context.Clock.WaitingTimers == 2);
        context.Clock.Advance(LiveUpdates.Gathering);

        page.WaitForAssertion(() => Assert.Contains("Waiting to be started.", page.Find(".waits").TextContent, StringComparison.Ordinal));
    }

    public static TheoryData<RunState> States => [.. Enum.GetValues<RunState>()];

    [Theory]
    [MemberData(nameof(States))]
    public async Task The_run_page_shows_the_status_and_the_next_step_in_every_state(RunState state)
    {
        await using var context = await PageContext.CreateAsync(Role.Operator);
        var run = await context.AddRunAsync(run =>
        {
            run.State = state;
            run.RetryAt = state == RunState.FailedRetrying ? context.Clock.GetUtcNow().AddMinutes(5) : null;
            if (!state.IsFinal())
                return;
            run.ActiveExportId = null;
            run.FinishedAt = context.Clock.GetUtcNow();
            run.Outcome =
                state == RunState.Skipped
                    ? new LocalizedMessage("Scheduling.SkippedForSource", "Customers")
                    : new LocalizedMessage("Delivery.Canceled", "Ana");
            run.OutcomeKind = state == RunState.Skipped ? RunOutcomeKind.SkippedUpstream : RunOutcomeKind.Canceled;
        });
        var page = Render(context, run);

        page.WaitForState(() => page.FindAll(".run-state .badge").Count == 1);
        var isFinal = state.IsFinal();
        Assert.Equal(isFinal || state is RunState.FailedRetrying or RunState.NeedsApproval, page.FindAll(".next-step").Count == 1);
        Assert.Equal(!isFinal, page.FindAll(".stages").Count == 1);
        Assert.Equal(isFinal, page.FindAll(".run-outcome").Count == 1);
        Assert.Equal(state is RunState.Queued or RunState.FailedRetrying or RunState.NeedsApproval, page.FindAll(".waits").Count == 1);
        Assert.Equal(isFinal, page.FindAll("button").Any(button => button.TextContent.Contains("Run again", StringComparison.Ordinal)));
        Assert.Empty(page.FindAll(".alert"));
    }

    [Theory]
    [InlineData(Role.Viewer, false, "Ask an administrator.")]
    [InlineData(Role.Administrator, true, "Go to the connections")]
    public async Task The_next_step_links_there_for_people_who_may_and_tells_others_whom_to_ask(Role role, bool leads, string words)
    {
        await using var context = await PageContext.CreateAsync(role);
        var run = await context.AddRunAsync(run =>
        {
            (run.State, run.ActiveExportId, run.FinishedAt) = (RunState.FailedPermanent, null, context.Clock.GetUtcNow());
            (run.Outcome, run.OutcomeKind) = (new LocalizedMessage("Klaviyo.KeyRefused"), RunOutcomeKind.Credentials);
        });
        var page = Render(context, run);

        page.WaitForAssertion(() => Assert.Contains(words, page.Find(".next-step").TextContent, StringComparison.Ordinal));
        Assert.Equal(leads, page.FindAll(".next-step a[href='connections']").Count == 1);
    }

    [Fact]
    public async Task Changes_since_the_previous_run_are_shown_after_the_run()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var now = context.Clock.GetUtcNow();
        var before = await context.AddRunAsync(run =>
        {
            (run.State, run.ActiveExportId, run.StartedAt, run.FinishedAt) = (RunState.Successful, null, now.AddDays(-1), now.AddDays(-1));
            run.Ledger = new Ledger
            {
                Members = 1_000,
                Prepared = 1_000,
                Accepted = 1_000,
            };
        });
        var run = await AddAnotherAsync(
            context,
            before,
            run =>
            {
                (run.State, run.StartedAt, run.FinishedAt, run.ListId) = (
                    RunState.CompletedWithWarnings,
                    now,
                    now.AddSeconds(90),
                    "Other1"
                );
                run.Ledger = new Ledger
                {
                    Members = 1_250,
                    WithoutEmail = 50,
                    Prepared = 1_200,
                    Accepted = 990,
                    Refused = 210,
                };
            }
        );
        var page = Render(context, run);

        page.WaitForState(() => page.FindAll("#changes").Count == 1);
        // Each line of the ledger, without address to prepared and their sum, accepted to unsent and their sum, and the speed.
        Assert.Equal(
            ["+50", "=", "=", "=", "+200", "+250", "−10", "+210", "=", "=", "+200", "+1 min 30 s", "–"],
            page.FindAll(".sum-compared tr td:last-child").Select(cell => cell.TextContent).Where(text => text != "").ToArray()
        );
        Assert.Equal($"runs/{before.Id}", page.Find(".sum-compared thead a").GetAttribute("href"));
        Assert.Contains("The previous list was Y6nRLr.", page.Find(".change-list").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_link_that_is_copied_is_the_absolute_address_of_the_page()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var run = await context.AddRunAsync(run => (run.State, run.ActiveExportId) = (RunState.Successful, null));
        var page = Render(context, run);
        page.WaitForElement(".actions button");

        await page.Find(".actions button").ClickAsync(new());

        var copied = Assert.Single(context.Ui.JSInterop.Invocations["navigator.clipboard.writeText"]);
        Assert.Equal($"http://localhost/runs/{run.Id}", copied.Arguments[0]);
        Assert.Equal("Copied.", page.Find(".actions [role=status]").TextContent);
    }

    [Fact]
    public async Task The_rate_over_time_follows_the_batches_of_the_run()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var now = context.Clock.GetUtcNow();
        var run = await context.AddRunAsync(run => (run.State, run.Stage, run.StartedAt) = (RunState.Sending, Stage.Send, now));
        var page = Render(context, run);
        page.WaitForElement("#pace");
        Assert.Equal("0", page.Find(".rate .confirmed").GetAttribute("height"));

        await UntilAsync(() => context.Clock.WaitingTimers == 1);
        await using (var db = await context.OpenAsync())
        {
            db.Add(
                new Batch
                {
                    RunId = run.Id,
                    Number = 1,
                    State = BatchState.Confirmed,
                    Prepared = 5_000,
                    SentAt = now,
                    ConfirmedAt = now,
                }
            );
            await db.SaveChangesAsync(Xunit.TestContext.Current.CancellationToken);
        }
        await context.ChangeAsync(run.Id, run => run.Done = 5_000);
        context.Clock.Advance(Second);

        page.WaitForAssertion(() => Assert.Equal("100", page.Find(".rate .confirmed").GetAttribute("height")));
    }

    [Theory]
    [InlineData(Role.Viewer, false)]
    [InlineData(Role.Operator, true)]
    [InlineData(Role.Contributor, true)]
    [InlineData(Role.Administrator, true)]
    public async Task Only_people_who_may_run_it_can_cancel_it(Role role, bool may)
    {
        await using var context = await PageContext.CreateAsync(role);
        var run = await context.AddRunAsync(run => run.State = RunState.Sending);
        var page = Render(context, run);

        page.WaitForState(() => page.FindAll(".run-state").Count == 1);
        Assert.Equal(may, page.FindAll(".button-danger").Count == 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancel_asks_for_confirmation_and_then_stops_the_run(bool yes)
    {
        await using var context = await PageContext.CreateAsync(Role.Operator);
        context.Answer(yes);
        var run = await context.AddRunAsync(run => run.State = RunState.Sending);
        var page = Render(context, run);
        page.WaitForState(() => page.FindAll(".button-danger").Count == 1);

        await page.Find(".button-danger").ClickAsync(new());

        await using var db = await context.OpenAsync();
        Assert.Equal(yes ? "Ana" : null, (await db.Set<Run>().SingleAsync(Xunit.TestContext.Current.CancellationToken)).CancelRequestedBy);
        Assert.Equal(yes, page.Markup.Contains("Ana asked to cancel", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Role.Viewer, false)]
    [InlineData(Role.Operator, true)]
    public async Task People_who_may_run_the_export_can_undo_its_last_run_after_a_preview(Role role, bool may)
    {
        await using var context = await PageContext.CreateAsync(role);
        var run = await AddMirrorRunAsync(context);
        var questions = context.Questions(true);
        var page = Render(context, run);
        page.WaitForState(() => page.FindAll(".run-state").Count == 1);
        Assert.Equal(may, page.FindAll("button").Any(IsUndo));
        if (!may)
            return;

        await page.FindAll("button").First(IsUndo).ClickAsync(new());

        var asked = context.TextOf(Assert.Single(questions));
        Assert.Contains("At most 2 people are taken off the list", asked, StringComparison.Ordinal);
        Assert.Contains("1 person is put back", asked, StringComparison.Ordinal);
        await using var db = await context.OpenAsync();
        var undo = await db.Set<Run>().SingleAsync(other => other.UndoesRunId == run.Id, Xunit.TestContext.Current.CancellationToken);
        Assert.EndsWith($"/runs/{undo.Id}", context.Ui.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);

        static bool IsUndo(AngleSharp.Dom.IElement button) => button.TextContent.Contains("Undo this run", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_another_run_has_followed_offers_no_undo()
    {
        await using var context = await PageContext.CreateAsync(Role.Operator);
        var run = await AddMirrorRunAsync(context);
        await AddAnotherAsync(
            context,
            run,
            other => (other.State, other.StartedAt, other.FinishedAt) = (RunState.Successful, run.FinishedAt, run.FinishedAt)
        );
        var page = Render(context, run);

        page.WaitForState(() => page.FindAll(".run-state").Count == 1);
        Assert.DoesNotContain("Undo this run", page.Markup, StringComparison.Ordinal);
        Assert.Contains("has changed the list since", page.Find(".run-facts").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_undid_another_shows_whom_it_took_off_and_put_back_and_is_compared_with_no_other()
    {
        await using var context = await PageContext.CreateAsync(Role.Operator);
        var run = await AddMirrorRunAsync(context);
        var undo = await AddAnotherAsync(context, run, other => SetUndone(other, run));
        var next = await AddAnotherAsync(
            context,
            run,
            other => (other.State, other.StartedAt, other.FinishedAt) = (RunState.Successful, run.FinishedAt, run.FinishedAt)
        );

        var page = Render(context, undo);
        page.WaitForState(() => page.FindAll(".run-state").Count == 1);

        Assert.Equal(["3", "2", "1", "4", "4", "0"], [.. page.FindAll(".sum").SelectMany(Counts)]);
        Assert.Contains("If the segments caused the mistake", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("#changes"));
        page = Render(context, next);
        page.WaitForState(() => page.FindAll("#changes").Count == 1);
        Assert.Contains($"href=\"runs/{run.Id}\"", page.Find("#changes").ParentElement!.InnerHtml, StringComparison.Ordinal);

        static IEnumerable<string> Counts(AngleSharp.Dom.IElement sum) =>
            sum.QuerySelectorAll("tfoot .number, tbody .number")
                .OrderBy(cell => cell.Closest("tfoot") is null)
                .Select(cell => cell.TextContent);

        static void SetUndone(Run undo, Run run)
        {
            (undo.State, undo.StartedAt, undo.FinishedAt, undo.UndoesRunId) = (RunState.Successful, run.FinishedAt, run.FinishedAt, run.Id);
            undo.Ledger = new Ledger
            {
                Leaving = 3,
                Removed = 2,
                KeptForOthers = 1,
                Returning = 4,
                PutBack = 4,
            };
            (undo.Outcome, undo.OutcomeKind) = (new LocalizedMessage("Delivery.Undone", run.Id, 2, 4, 4), RunOutcomeKind.Undone);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_that_sends_everything_is_started_after_confirmation(bool yes)
    {
        await using var context = await PageContext.CreateAsync(Role.Operator);
        var run = await AddMirrorRunAsync(context);
        context.Answer(yes);
        var page = Render(context, run);
        page.WaitForState(() => page.FindAll(".run-state").Count == 1);

        await page.FindAll("button").First(button => button.TextContent == "Send everything").ClickAsync(new());

        await using var db = await context.OpenAsync();
        Assert.Equal(yes, await db.Set<Run>().AnyAsync(other => other.SendsEverything, Xunit.TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_result_of_a_check_shows_who_was_taken_off_and_whom_other_exports_hold()
    {
        await using var context = await PageContext.CreateAsync(Role.Administrator);
        var run = await AddMirrorRunAsync(context);
        await using (var db = await context.OpenAsync())
        {
            db.Set<ListCheck>()
                .Add(
                    new ListCheck
                    {
                        RunId = run.Id,
                        RequestedBy = "",
                        IsScheduled = true,
                        State = ListCheckState.Done,
                        FinishedAt = context.Clock.GetUtcNow(),
                        Expected = 9,
                        Members = 8,
                        RemovedByHand = 3,
                        OfOthers = 2,
                        Outcome = new LocalizedMessage("Delivery.CheckDiffers", 9, 8, 0, 0, 3),
                    }
                );
            await db.SaveChangesAsync(Xunit.TestContext.Current.CancellationToken);
        }
        var page = Render(context, run);

        page.WaitForAssertion(() => Assert.Contains("Scheduled by the export", page.Markup, StringComparison.Ordinal));
        Assert.Contains("3 were taken off in Klaviyo", page.Markup, StringComparison.Ordinal);
        // 8 members: 6 of the expected, and 2 of another export.
        Assert.Equal(
            ["9", "6", "0", "3", "8", "2", "0", "0"],
            page.FindAll("#list-check .run-facts dd").Select(count => count.TextContent).ToArray()
        );
        // The first kind that has any is chosen.
        Assert.Equal("Taken off in Klaviyo 3", page.Find(".filters button[aria-pressed=true]").TextContent.Trim());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task That_many_people_were_taken_off_on_purpose_is_asked_before_it_is_stored(bool yes)
    {
        await using var context = await PageContext.CreateAsync(Role.Administrator);
        context.Answer(yes);
        var run = await AddMirrorRunAsync(context);
        await using (var db = await context.OpenAsync())
        {
            db.Add(
                new ListCheck
                {
                    RunId = run.Id,
                    RequestedBy = "",
                    State = ListCheckState.Done,
                    FinishedAt = context.Clock.GetUtcNow(),
                    RemovedByHand = 900,
                    Withheld = 900,
                }
            );
            await db.SaveChangesAsync(Xunit.TestContext.Current.CancellationToken);
        }
        var page = Render(context, run);
        page.WaitForAssertion(() => Assert.Contains("nobody was stored as taken off", page.Markup, StringComparison.Ordinal));

        await page.FindAll("#list-check button").First(button => button.TextContent == "They were taken off on purpose").ClickAsync(new());

        await using var stored = await context.OpenAsync();
        Assert.Equal(
            yes,
            await stored.Set<ListCheck>().AnyAsync(check => check.AcceptsRemovals, Xunit.TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task A_refusal_during_live_updates_is_shown_and_the_page_continues()
    {
        await using var context = await PageContext.CreateAsync(Role.Operator);
        context.Answer(true);
        var run = await context.AddRunAsync(run => run.State = RunState.Sending);
        var page = Render(context, run);
        page.WaitForState(() => page.FindAll(".button-danger").Count == 1);
        // The run ends between the display and the click.
        await context.ChangeAsync(run.Id, run => (run.State, run.ActiveExportId) = (RunState.Successful, null));

        await page.Find(".button-danger").ClickAsync(new());

        Assert.NotEmpty(page.Find(".alert-danger p").TextContent);
    }

    [Fact]
    public async Task The_page_of_an_unknown_run_says_so()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var page = context.Ui.Render<RunPage>(parameters => parameters.Add(page => page.Id, 999));

        page.WaitForAssertion(() => Assert.NotEmpty(page.Find(".alert-danger p").TextContent));
    }

    [Theory]
    [InlineData(Role.Operator, false)]
    [InlineData(Role.Contributor, true)]
    public async Task Addresses_of_rejections_are_shown_to_people_who_can_correct_them(Role role, bool shown)
    {
        await using var context = await PageContext.CreateAsync(role);
        var run = await context.AddRunAsync(run => (run.State, run.ActiveExportId) = (RunState.CompletedWithWarnings, null));
        await using (var db = await context.OpenAsync())
        {
            var email = context.Ui.Services.GetRequiredService<SecretProtector>().ProtectEmail("jordi@@example.com");
            db.Set<Rejection>()
                .Add(
                    new Rejection
                    {
                        RunId = run.Id,
                        Ordinal = 0,
                        ProfileKey = "C-7",
                        Reason = RejectionReason.InvalidEmail,
                        Email = email,
                    }
                );
            await db.SaveChangesAsync(Xunit.TestContext.Current.CancellationToken);
        }
        var page = Render(context, run);

        page.WaitForAssertion(() => Assert.Contains("C-7", page.Markup, StringComparison.Ordinal));
        Assert.Equal(shown, page.Markup.Contains("jordi@@example.com", StringComparison.Ordinal));
    }

    /// <summary>One more run of the same export.</summary>
    private static async Task<Run> AddAnotherAsync(PageContext context, Run run, Action<Run>? set = null)
    {
        await using var db = await context.OpenAsync();
        var another = new Run
        {
            ExportId = run.ExportId,
            AccountId = run.AccountId,
            ListId = run.ListId,
            RequestedBy = "Ana",
            QueuedAt = context.Clock.GetUtcNow(),
        };
        set?.Invoke(another);
        db.Set<Run>().Add(another);
        await db.SaveChangesAsync(Xunit.TestContext.Current.CancellationToken);
        return another;
    }

    /// <summary>A mirror run that has delivered two people for the first time and removed one.</summary>
    private static async Task<Run> AddMirrorRunAsync(PageContext context)
    {
        var now = context.Clock.GetUtcNow();
        var run = await context.AddRunAsync(run =>
        {
            (run.State, run.ActiveExportId, run.StartedAt, run.FinishedAt) = (RunState.Successful, null, now, now);
            (run.SyncMode, run.Ledger) = (SyncMode.Mirror, new Ledger { Leaving = 1, Removed = 1 });
        });
        await using var db = await context.OpenAsync();
        db.Set<Batch>()
            .Add(
                new Batch
                {
                    RunId = run.Id,
                    Number = 1,
                    State = BatchState.Confirmed,
                    SentAt = now,
                    WindowFrom = now,
                    WindowUntil = now,
                }
            );
        foreach (var person in new byte[] { 1, 2 })
            db.Set<Membership>()
                .Add(
                    new Membership
                    {
                        ExportId = run.ExportId,
                        EmailHash = [.. Enumerable.Repeat(person, 16)],
                        Fingerprint = new byte[16],
                        FirstFrom = now,
                        FirstUntil = now,
                        LastFrom = now,
                        LastUntil = now,
                    }
                );
        db.Set<RemovedMember>()
            .Add(
                new RemovedMember
                {
                    RunId = run.Id,
                    EmailHash = new byte[16],
                    Email = [],
                    KlaviyoId = "01X",
                }
            );
        await db.SaveChangesAsync(Xunit.TestContext.Current.CancellationToken);
        return run;
    }

    /// <summary>Runs something outside the renderer.</summary>
    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Xunit.TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (!condition())
            await Task.Delay(5, patience.Token);
    }

    private static IRenderedComponent<RunPage> Render(PageContext context, Run run) =>
        context.Ui.Render<RunPage>(parameters => parameters.Add(page => page.Id, run.Id));
}
