using Bunit;
using KlaviyoExport.Alerts;
using KlaviyoExport.People;
using KlaviyoExport.Web.Components.Layout;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Tests.Components.Layout;

public sealed class BellTests : IAsyncLifetime
{
    private PageContext _context = default!;

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _context = await PageContext.CreateAsync(Role.Administrator);

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    [Fact]
    public async Task Unread_alerts_are_counted_and_listed_with_links_the_latest_first()
    {
        await AddAsync("Newsletter", 7);
        await AddAsync("Winter", 8);

        var bell = _context.Ui.Render<Bell>();

        await PageContext.UntilAsync(() => bell.FindAll(".bell-count").Count == 1);
        Assert.Equal("Alerts, 2 unread", bell.Find("button.bell").GetAttribute("aria-label"));
        Assert.Equal(["runs/8", "runs/7"], bell.FindAll("li a").Select(link => link.GetAttribute("href")));
        Assert.Contains("The export “Winter” failed", bell.Find("li").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opening_an_alert_marks_it_as_read_and_one_button_all_of_them()
    {
        await AddAsync("Newsletter", 7);
        await AddAsync("Winter", 8);
        await AddAsync("Spring", 9);
        var bell = _context.Ui.Render<Bell>();
        await PageContext.UntilAsync(() => bell.FindAll("li.unread").Count == 3);

        await bell.Find("li a").ClickAsync(new());
        await PageContext.UntilAsync(() => bell.FindAll("li.unread").Count == 2);
        await bell.Find("#bell > button").ClickAsync(new());

        await PageContext.UntilAsync(() => bell.FindAll("li.unread").Count == 0);
        Assert.Equal(3, bell.FindAll("li").Count);
        Assert.Equal("Alerts", bell.Find("button.bell").GetAttribute("aria-label"));
    }

    [Fact]
    public async Task New_alerts_appear_within_half_a_minute()
    {
        var bell = _context.Ui.Render<Bell>();
        await PageContext.UntilAsync(() => _context.Clock.WaitingTimers == 1);
        await AddAsync("Newsletter", 7);

        _context.Clock.Advance(Bell.Pace);

        await PageContext.UntilAsync(() => bell.FindAll("li.unread").Count == 1);
    }

    private async Task AddAsync(string subject, int runId)
    {
        await using var db = await _context.OpenAsync();
        db.Set<AlertNotice>()
            .Add(
                new AlertNotice
                {
                    UserId = await db.Set<AppUser>().Select(user => user.Id).SingleAsync(Cancel),
                    Alert = new RaisedAlert
                    {
                        At = _context.Clock.GetUtcNow(),
                        Subject = subject,
                        Sequence = runId,
                        Reason = AlertReason.RunFailed,
                        RunId = runId,
                    },
                }
            );
        await db.SaveChangesAsync(Cancel);
    }
}
