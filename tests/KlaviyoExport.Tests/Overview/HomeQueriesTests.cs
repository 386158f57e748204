using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Overview;

public class HomeQueriesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_items_that_need_a_person_are_listed()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock, new() { ["Klaviyo:MaxProfilesPerExport"] = "10" });
        var good = await product.AddConnectionAsync("Good");
        var bad = await product.AddConnectionAsync("Broken");
        await product.AddConnectionAsync("Orphan", exportUser: Product.Contributor);
        var customers = await product.AddCustomersAsync("Customers", Customer.Many(1));
        var large = await product.AddCustomersAsync("Large", []);
        foreach (
            var (name, of) in new[]
            {
                ("Fine", customers),
                ("Failed", customers),
                ("Recovered", customers),
                ("Missed", customers),
                ("Detached", customers),
                ("Too large", large),
                ("Was too large", customers),
            }
        )
            await product.AddExportAsync(name, good, of);
        await using (var db = await product.OpenAsync())
        {
            await db.Set<Connection>()
                .Where(connection => connection.Id == bad.Id)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(connection => connection.LastError, new LocalizedMessage("Klaviyo.KeyRefused")),
                    Cancel
                );
            await db.Set<Segment>()
                .Where(segment => segment.Id == large.Segment.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(segment => segment.MemberCount, 11), Cancel);
            foreach (var export in await db.Set<Export>().ToListAsync(Cancel))
            {
                export.MissedAt = export.Name == "Missed" ? clock.GetUtcNow() : null;
                export.Schedule = new ExportSchedule { IsOn = true };
                if (export.Name == "Detached")
                    export.ConnectionId = null;
                if (export.Name is "Failed" or "Recovered")
                    db.Add(RunOf(export.Id, RunState.FailedPermanent, clock.GetUtcNow()));
                if (export.Name == "Was too large")
                    db.Add(
                        RunOf(export.Id, RunState.FailedPermanent, clock.GetUtcNow(), new LocalizedMessage("Delivery.OverCap", 11, 10, 1))
                    );
                await db.SaveChangesAsync(Cancel);
                if (export.Name == "Recovered")
                    db.Add(RunOf(export.Id, RunState.Successful, clock.GetUtcNow()));
            }
            await db.SaveChangesAsync(Cancel);
        }

        var found = await product.Get<HomeQueries>().NeedsAttentionAsync(Product.Viewer, 10, Cancel);

        Assert.Equal(
            [
                (AttentionKind.ExportUserGone, "Orphan"),
                (AttentionKind.ConnectionBroken, "Broken"),
                (AttentionKind.OverCap, "Was too large"),
                (AttentionKind.Failed, "Failed"),
                (AttentionKind.OverCap, "Too large"),
                (AttentionKind.Missed, "Missed"),
                (AttentionKind.NoConnection, "Detached"),
            ],
            found.Select(attention => (attention.Kind, attention.Name))
        );
    }

    [Fact]
    public async Task Next_runs_of_exports_and_the_refresh_are_listed_soonest_first()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        var id = await product.AddExportAsync(
            "Mornings",
            await product.AddConnectionAsync(),
            await product.AddCustomersAsync("Customers", [])
        );
        await product
            .Get<ExportSchedules>()
            .SetAsync(
                Product.Administrator,
                [id],
                new ExportSchedule
                {
                    IsOn = true,
                    Own = new Recurrence { Times = [new TimeOnly(6, 0)] },
                },
                null,
                Cancel
            );
        await using (var db = await product.OpenAsync())
        {
            db.Add(new RefreshPlan { IsOn = true, NextAt = clock.GetUtcNow().AddHours(1) });
            await db.SaveChangesAsync(Cancel);
        }

        var next = await product.Get<HomeQueries>().NextRunsAsync(Product.Viewer, 10, Cancel);

        Assert.Equal(
            [(null, clock.GetUtcNow().AddHours(1)), ("Mornings", clock.GetUtcNow().AddHours(18))],
            next.Select(run => (run.Name, run.At))
        );
    }

    [Fact]
    public async Task The_last_seven_days_are_counted_by_day()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        var id = await product.AddExportAsync("X", await product.AddConnectionAsync(), await product.AddCustomersAsync("Customers", []));
        await using (var db = await product.OpenAsync())
        {
            var midnight = clock.GetUtcNow().AddHours(-12);
            db.AddRange(
                RunOf(id, RunState.Successful, midnight.AddDays(-6)),
                RunOf(id, RunState.Successful, midnight.AddDays(-6).AddTicks(-1)),
                RunOf(id, RunState.FailedPermanent, midnight.AddTicks(-1)),
                RunOf(id, RunState.Successful, midnight),
                RunOf(id, RunState.Successful, midnight.AddHours(2))
            );
            await db.SaveChangesAsync(Cancel);
        }

        var days = await product.Get<HomeQueries>().LastSevenDaysAsync(Product.Viewer, Cancel);

        Assert.Equal([1, 0, 0, 0, 0, 1, 2], days.Select(day => day.Runs));
        Assert.Equal([0, 0, 0, 0, 0, 1, 0], days.Select(day => day.Failed));
        Assert.Equal((new DateOnly(2026, 11, 22), 14L, 4L), (days[^1].Day, days[^1].Accepted, days[^1].Refused));
    }

    [Fact]
    public async Task Runs_in_progress_are_listed_in_the_order_of_their_requests()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync();
        var customers = await product.AddCustomersAsync("Customers", []);
        var first = await product.QueueAsync(await product.AddExportAsync("B", connection, customers));
        await product.RunAsync(await product.AddExportAsync("Over", connection, customers));
        var second = await product.QueueAsync(await product.AddExportAsync("A", connection, customers));

        Assert.Equal(
            [first, second],
            (await product.Get<HomeQueries>().RunningNowAsync(Product.Viewer, 10, Cancel)).Select(row => row.Run.Id)
        );
    }

    private static Run RunOf(int export, RunState state, DateTimeOffset ended, LocalizedMessage? outcome = null) =>
        new()
        {
            ExportId = export,
            AccountId = "a",
            ListId = "l",
            RequestedBy = "Ana",
            State = state,
            QueuedAt = ended,
            FinishedAt = ended,
            Outcome = outcome,
            OutcomeKind = outcome?.Code == "Delivery.OverCap" ? RunOutcomeKind.OverCap : null,
            Ledger = new Ledger
            {
                Members = 9,
                Prepared = 9,
                Accepted = 7,
                Refused = 2,
            },
        };
}
