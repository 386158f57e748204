using System.Text;
using System.Text.RegularExpressions;
using KlaviyoExport.Browser.Tests.Guides;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>A person who is faster than the page. Uses a demo of its own, because a slow Klaviyo affects all exports.</summary>
public sealed partial class QuickReaderTests(DemoApp demo) : IClassFixture<DemoApp>
{
    /// <summary>Notes how often the button is disabled or enabled, up to the end of the next count.</summary>
    private const string Watch = """
        () => {
            const save = document.querySelector('form button[type=submit].button-primary'), union = document.querySelector('.union');
            globalThis.watched = { changes: 0, isCounting: false, isCounted: false };
            new MutationObserver(changes => watched.changes += changes.length).observe(save, { attributeFilter: ['disabled'] });
            new MutationObserver(() => {
                watched.isCounting ||= union.textContent.includes('Counting');
                watched.isCounted = watched.isCounting && union.textContent.includes('Distinct');
            }).observe(union, { subtree: true, childList: true, characterData: true });
        }
        """;

    [Fact]
    public async Task A_link_that_is_followed_before_the_circuit_connects_opens_its_page_with_its_query()
    {
        await using var contributor = await demo.SignInAsync("contributor");
        var page = contributor.Page;
        var circuit = new HeldCircuit();
        await page.RouteWebSocketAsync(Circuit(), circuit.Hold);
        await page.GotoAsync("/exports/1");
        await circuit.Begun;

        await page.Link("Schedule").First.ClickAsync();
        await page.ArrivesAsync("**/exports/schedule?id=1");
        circuit.Release();

        await Expect(page.GetByLabel("On", new() { Exact = true })).ToBeEnabledAsync();
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("Newsletter readers to Klaviyo");
        Assert.Empty(contributor.Faults);
    }

    [Fact]
    public async Task A_press_on_a_link_counts_although_the_circuit_connects_before_its_end()
    {
        await using var administrator = await demo.SignInAsync("administrator");
        var page = administrator.Page;
        var circuit = new HeldCircuit();
        await page.RouteWebSocketAsync(Circuit(), circuit.Hold);
        await page.GotoAsync("/sources/new");
        await circuit.Begun;

        await page.GetByRole(AriaRole.Link, new() { Name = "Files", Exact = true }).HoverAsync();
        await page.Mouse.DownAsync();
        circuit.Release();
        await Expect(page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
        await page.Mouse.UpAsync();

        await page.ArrivesAsync("**/sources/new/*");
        await Expect(page.GetByLabel("Path")).ToBeEnabledAsync();
        Assert.Empty(administrator.Faults);
    }

    [Fact]
    public async Task Scheduling_includes_an_export_that_was_chosen_a_moment_before()
    {
        await using var contributor = await demo.SignInAsync("contributor");
        var page = contributor.Page;
        await page.GotoAsync("/exports/1");
        await page.Button("Create duplicate").ClickAsync();
        await page.ArrivesAsync("**/edit");
        var circuit = new HeldCircuit(from: "Selected: 2");
        await page.RouteWebSocketAsync(Circuit(), circuit.Hold);
        await page.GotoAsync("/exports");
        var choices = page.Locator("tbody").GetByRole(AriaRole.Checkbox);
        await choices.Nth(0).CheckAsync();
        var schedule = page.Locator(".selection").GetByText("Schedule", new() { Exact = true });
        await Expect(schedule).ToBeVisibleAsync();

        await choices.Nth(1).CheckAsync();
        await circuit.Begun;
        await schedule.ClickAsync();
        circuit.Release();

        await Expect(page.GetByRole(AriaRole.Radiogroup, new() { Name = "Selected: 2" })).ToBeVisibleAsync();
        Assert.Empty(contributor.Faults);
    }

    [Fact]
    public async Task A_file_cannot_be_chosen_before_the_page_listens_for_it()
    {
        await using var administrator = await demo.SignInAsync("administrator");
        var page = administrator.Page;
        var circuit = new HeldCircuit(from: "InputFile.init");
        await page.RouteWebSocketAsync(Circuit(), circuit.Hold);
        await page.GotoAsync("/sources/new/Csv");
        await circuit.Begun;
        await Expect(page.Entry("Name")).ToBeEnabledAsync();
        await Expect(page.GetByLabel("Or upload a file")).ToBeDisabledAsync();

        circuit.Release();

        await Expect(page.GetByLabel("Or upload a file")).ToBeEnabledAsync();
        Assert.Empty(administrator.Faults);
    }

    [Fact]
    public async Task A_page_that_is_left_while_it_moves_the_focus_does_not_break_the_next_one()
    {
        await using var administrator = await demo.SignInAsync("administrator");
        var page = administrator.Page;
        var circuit = new HeldCircuit(from: "domWrapper.focus");
        await page.RouteWebSocketAsync(Circuit(), circuit.Hold);
        await page.GotoAsync("/connections/discover");
        await page.Button("Set up Klaviyo").ClickAsync();
        await page.Entry("Display name").FillAsync("Left");
        await page.Entry("Display name").PressAsync("Enter");
        await circuit.Begun;

        await page.Link("Continue later").ClickAsync();
        await Expect(page.Heading("Connections")).ToBeVisibleAsync();
        circuit.Release();

        await page.Button("Discard: Left").ClickAsync();
        await page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await Expect(page.Button("Discard: Left")).ToHaveCountAsync(0);
        Assert.Empty(administrator.Faults);
    }

    [Fact]
    public async Task The_end_of_a_count_does_not_disable_the_buttons_of_the_form_for_a_moment()
    {
        await using var contributor = await demo.SignInAsync("contributor");
        var page = contributor.Page;
        await page.GotoAsync("/exports/1/edit");
        await Expect(page.Button("Save")).ToBeEnabledAsync();
        await Expect(page.Locator(".union")).ToContainTextAsync("Distinct profiles");
        await page.EvaluateAsync(Watch);

        await page.GetByRole(AriaRole.Group, new() { Name = "Exclude segments", Exact = true })
            .GetByRole(AriaRole.Checkbox)
            .Last.CheckAsync();
        await page.WaitForFunctionAsync("() => watched.isCounted");

        Assert.Equal(0, await page.EvaluateAsync<int>("watched.changes"));
    }

    [Fact]
    public async Task A_page_that_takes_long_shows_that_it_is_loading()
    {
        await using var viewer = await demo.SignInAsync("viewer");
        var page = viewer.Page;
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.RouteAsync(
            "**/segments",
            async route =>
            {
                await answered.Task;
                await route.ContinueAsync();
            }
        );
        await page.GotoAsync("/exports");
        await page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = "Segments" }).ClickAsync();
        await Expect(page.Locator("main[aria-busy=true]")).ToBeVisibleAsync();
        await viewer.PhotographAsync("loading");

        answered.SetResult();
        await Expect(page.Heading("Segments")).ToBeVisibleAsync();
        await Expect(page.Locator("main[aria-busy]")).ToHaveCountAsync(0);
        Assert.Empty(viewer.Faults);
    }

    [Fact]
    public async Task An_action_that_takes_long_shows_that_it_is_in_progress()
    {
        await using var contributor = await demo.SignInAsync("contributor");
        var page = contributor.Page;
        await demo.Klaviyo.BreakAsync("delay", call: "get_lists", delayMs: 3_000);
        await page.GotoAsync("/exports/1/edit");
        await page.Button("Choose a list").ClickAsync();
        await Expect(page.Locator("main[aria-busy=true]")).ToBeVisibleAsync();
        await contributor.PhotographAsync("action-in-progress");

        await Expect(page.Locator(".picker-item").First).ToBeVisibleAsync();
        await Expect(page.Locator("main[aria-busy]")).ToHaveCountAsync(0);
        Assert.Empty(contributor.Faults);
    }

    [GeneratedRegex("/_blazor")]
    private static partial Regex Circuit();

    /// <summary>Holds back what the server says to a circuit.</summary>
    /// <param name="from">What it says in the first frame that is held back. Null: the frame after the answer to the handshake.</param>
    private sealed class HeldCircuit(string? from = null)
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _gate = new();
        private readonly List<Action> _held = [];
        private bool _isOpen;
        private int _frames;

        /// <summary>Ends when the first frame is held back.</summary>
        public Task Begun => _begun.Task;

        public void Hold(IWebSocketRoute browser)
        {
            var server = browser.ConnectToServer();
            server.OnMessage(frame =>
            {
                lock (_gate)
                {
                    Action pass = frame.Binary is { } bytes ? () => browser.Send(bytes) : () => browser.Send(frame.Text!);
                    if (_isOpen || (_held.Count == 0 && !IsFirst(frame)))
                        pass();
                    else
                        _held.Add(pass);
                    if (_held.Count > 0)
                        _begun.TrySetResult();
                }
            });
        }

        public void Release()
        {
            lock (_gate)
            {
                _isOpen = true;
                _held.ForEach(pass => pass());
            }
        }

        private bool IsFirst(IWebSocketFrame frame) =>
            from is null
                ? _frames++ == 1
                : (frame.Text ?? Encoding.UTF8.GetString(frame.Binary!)).Contains(from, StringComparison.OrdinalIgnoreCase);
    }
}
