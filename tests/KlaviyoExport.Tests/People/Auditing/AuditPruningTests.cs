using KlaviyoExport.People.Auditing;
using KlaviyoExport.Retention;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.People.Auditing;

public class AuditPruningTests
{
    private static readonly Dictionary<string, string?> ForThirtyDays = new() { ["Retention:Audit"] = "30.00:00:00" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Old_entries_are_removed_from_the_front_and_the_removal_is_recorded_and_verifies()
    {
        await using var desk = await AuditDesk.CreateAsync(ForThirtyDays);
        await desk.WriteAsync(3);
        desk.Clock.Advance(TimeSpan.FromDays(20));
        await desk.WriteAsync(2);
        desk.Clock.Advance(TimeSpan.FromDays(12));

        await desk.Product.Get<Purge>().RunAsync(Cancel);
        await desk.SealAsync();

        var entries = await desk.EntriesAsync();
        Assert.Equal([4L, 5L, 6L], entries.Select(entry => entry.Sequence!.Value));
        Assert.Equal(("System.AuditPruned", "system"), (entries[2].Action, entries[2].ActorId));
        Assert.Equal([3L], entries[2].Detail!.Arguments.OfType<long>());
        Assert.Empty(await desk.FaultsAsync());
        await desk.TamperAsync("""DELETE FROM "AuditEntries" WHERE "Sequence" = 4""");
        Assert.Equal("Entry 4 was removed.", await desk.FaultsAsync());
    }

    [Fact]
    public async Task Entries_are_kept_for_ever_without_the_setting_and_removed_once_a_day_with_it()
    {
        await using var desk = await AuditDesk.CreateAsync();
        await using var pruned = await AuditDesk.CreateAsync(ForThirtyDays);
        foreach (var one in new[] { desk, pruned })
        {
            await one.WriteAsync(3);
            one.Clock.Advance(TimeSpan.FromDays(32));
            await one.Product.Get<Purge>().RunAsync(Cancel);
            one.Clock.Advance(TimeSpan.FromHours(1));
            await one.Product.Get<Purge>().RunAsync(Cancel);
        }

        Assert.Equal(3, (await desk.EntriesAsync()).Count);
        Assert.Single(await pruned.EntriesAsync());
    }

    [Fact]
    public async Task Entries_that_were_changed_are_not_removed()
    {
        await using var desk = await AuditDesk.CreateAsync(ForThirtyDays);
        await desk.WriteAsync(3);
        await desk.TamperAsync("""UPDATE "AuditEntries" SET "Subject" = 'Other' WHERE "Sequence" = 2""");
        desk.Clock.Advance(TimeSpan.FromDays(32));

        await desk.Product.Get<Purge>().RunAsync(Cancel);

        Assert.Equal("Entry 2 was changed.", await desk.FaultsAsync());
        Assert.Equal(3, (await desk.EntriesAsync()).Count);
    }

    [Fact]
    public async Task The_beginning_of_the_chain_cannot_be_moved_without_the_key()
    {
        await using var desk = await AuditDesk.CreateAsync();
        await desk.WriteAsync(3);

        await desk.TamperAsync("""DELETE FROM "AuditEntries" WHERE "Sequence" = 1""");
        await using (var db = await desk.Product.OpenAsync())
        {
            var anchor = await db.Set<AuditMark>().SingleAsync(mark => mark.Name == AuditMark.Anchor, Cancel);
            var first = (await desk.EntriesAsync())[0];
            anchor.MoveTo(new byte[AuditHash.Length], 1, first.Hash!);
            await db.SaveChangesAsync(Cancel);
        }

        Assert.Equal(AuditFaultKind.AnchorChanged, Assert.Single((await desk.VerifyAsync()).Faults).Kind);
    }
}
