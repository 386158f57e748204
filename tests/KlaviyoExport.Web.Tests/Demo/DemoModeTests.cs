using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Demo;
using KlaviyoExport.Web.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Demo;

[Trait(Needs.Trait, Needs.Time)]
public sealed class DemoModeTests
{
    [Theory]
    [InlineData("--urls=http://0.0.0.0:0")]
    [InlineData("--urls=http://127.0.0.1:0;http://*:0")]
    [InlineData("--Kestrel:Endpoints:Web:Url=http://[::]:0")]
    [InlineData("--Proxy:Addresses:0=10.0.0.1")]
    public async Task A_demo_that_others_could_reach_does_not_start(string setting)
    {
        var fault = await Assert.ThrowsAsync<StartFaultException>(() => TestApp.StartAsync("--Demo:Enabled=true", setting));

        Assert.Contains("Demo:Enabled", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demo_data_is_complete_and_the_first_steps_are_printed()
    {
        await using var app = await TestApp.StartAsync("--Demo:Enabled=true");
        await using var db = await app
            .Services.GetRequiredService<IDbContextFactory<AppDb>>()
            .CreateDbContextAsync(TestContext.Current.CancellationToken);

        var source = await db.Set<Source>().SingleAsync(TestContext.Current.CancellationToken);
        Assert.Equal((DemoCustomers.Count, 2), (source.RowCount, source.MalformedCount));
        Assert.Equal(3, await db.Set<Segment>().CountAsync(segment => segment.MemberCount > 0, TestContext.Current.CancellationToken));
        Assert.Equal(1, await db.Set<Export>().CountAsync(export => export.ConnectionId != null, TestContext.Current.CancellationToken));
        Assert.All(DemoAccounts.All, account => Assert.Contains(account.Email, app.Console.ToString(), StringComparison.Ordinal));
        Assert.Contains(DemoAccounts.Password, app.Console.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_who_signs_in_begins_a_tour_at_the_ready_export()
    {
        await using var app = await TestApp.StartAsync("--Demo:Enabled=true");
        using var browser = app.Open();

        using var signedIn = await browser.SubmitAsync(
            "/sign-in?returnUrl=%2F",
            "sign-in",
            new() { ["Input.Email"] = DemoAccounts.All[1].Email, ["Input.Password"] = DemoAccounts.Password }
        );

        var beginning = app.LeadsTo(signedIn)!;
        var tour = (await browser.ReadAsync(beginning)).QuerySelector("[data-tour]")!;
        Assert.StartsWith("/exports/", beginning, StringComparison.Ordinal);
        Assert.Contains("1 of 4", tour.TextContent, StringComparison.Ordinal);
        for (var stop = 2; stop <= 4; stop++)
        {
            var next = tour.QuerySelector("a")!.GetAttribute("href")!;
            tour = (await browser.ReadAsync("/" + next.TrimStart('.', '/'))).QuerySelector("[data-tour]")!;
            Assert.Contains($"{stop} of 4", tour.TextContent, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Customers_with_an_invalid_phone_number_are_delivered_without_it()
    {
        await using var app = await TestApp.StartAsync("--Demo:Enabled=true");
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(cancellationToken);
        var person = await db.Set<AppUser>().FirstAsync(user => user.Role == Role.Administrator, cancellationToken);
        var export = await db.Set<Export>().Select(export => export.Id).SingleAsync(cancellationToken);

        var id = await app
            .Services.GetRequiredService<RunService>()
            .StartAsync(new Actor(person.Id, person.DisplayName, person.Role), export, cancellationToken);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await db.Set<Run>().AnyAsync(run => run.Id == id && run.FinishedAt == null, cancellationToken))
            await look.WaitForNextTickAsync(cancellationToken);

        var run = await db.Set<Run>().AsNoTracking().SingleAsync(run => run.Id == id, cancellationToken);
        Assert.True(run.Ledger.AddsUp);
        var left = await db.Set<FieldOutcome>()
            .SingleAsync(outcome => outcome.Attribute == "phone_number" && outcome.Effect == FieldEffect.Invalid, cancellationToken);
        Assert.Equal(25, left.Count);
        // Only those whose address cannot be delivered to.
        var refused = await db.Set<Rejection>()
            .Where(rejection => rejection.RunId == id && rejection.Reason == RejectionReason.Refused)
            .ToListAsync(cancellationToken);
        Assert.All(refused, rejection => Assert.Contains("cannot be delivered", rejection.Detail, StringComparison.Ordinal));
        Assert.Equal(run.Ledger.Prepared - refused.Count, run.Ledger.Accepted);
    }

    [Fact]
    public async Task An_interrupted_first_start_is_completed_by_the_next()
    {
        var cut = await TestApp.StartAsync("--Demo:Enabled=true");
        await using (
            var db = await cut
                .Services.GetRequiredService<IDbContextFactory<AppDb>>()
                .CreateDbContextAsync(TestContext.Current.CancellationToken)
        )
        {
            // The state after a kill before the last two steps.
            await db.Set<Export>().ExecuteDeleteAsync(TestContext.Current.CancellationToken);
            await db.Set<Connection>().ExecuteDeleteAsync(TestContext.Current.CancellationToken);
        }
        cut.Services.GetRequiredService<DemoFiles>().AreComplete = false;
        var kept = Directory.CreateTempSubdirectory("klaviyo-export-web-").FullName;
        await MoveAsync(cut, kept);

        await using var next = await TestApp.StartInAsync(kept, "--Demo:Enabled=true");
        await using var after = await next
            .Services.GetRequiredService<IDbContextFactory<AppDb>>()
            .CreateDbContextAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, await after.Set<Source>().CountAsync(TestContext.Current.CancellationToken));
        Assert.Equal(3, await after.Set<Segment>().CountAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, await after.Set<Export>().CountAsync(TestContext.Current.CancellationToken));
        Assert.Equal(4, await after.Set<AppUser>().CountAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_demo_store_is_never_used_in_production_nor_a_production_store_by_a_demo()
    {
        var demo = await TestApp.StartAsync("--Demo:Enabled=true");
        var demoData = Directory.CreateTempSubdirectory("klaviyo-export-web-").FullName;
        await MoveAsync(demo, demoData);
        var earnest = await TestApp.StartAsync();
        var realData = Directory.CreateTempSubdirectory("klaviyo-export-web-").FullName;
        await MoveAsync(earnest, realData);

        await Assert.ThrowsAsync<StartFaultException>(() => TestApp.StartInAsync(demoData));
        await Assert.ThrowsAsync<StartFaultException>(() => TestApp.StartInAsync(realData, "--Demo:Enabled=true"));
        Directory.Delete(demoData, recursive: true);
        Directory.Delete(realData, recursive: true);
    }

    // The data of a stopped application, copied to another place.
    private static async Task MoveAsync(TestApp app, string to)
    {
        Directory.Delete(to);
        await app.StopAndKeepAsync(to);
    }
}
