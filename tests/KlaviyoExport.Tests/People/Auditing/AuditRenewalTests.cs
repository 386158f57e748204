using KlaviyoExport.Data;
using KlaviyoExport.People.Auditing;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.People.Auditing;

/// <summary>A new chain, when the old one cannot be continued.</summary>
public class AuditRenewalTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""DELETE FROM "InstallationKeys" WHERE "Name" = 'audit'""")]
    [InlineData("""UPDATE "InstallationKeys" SET "Value" = "Mac" FROM "AuditMarks" WHERE "InstallationKeys"."Name" = 'audit'""")]
    [InlineData("""DELETE FROM "AuditMarks" WHERE "Name" = 'anchor'""")]
    [InlineData("""DELETE FROM "AuditMarks" WHERE "Name" = 'head'""")]
    public async Task Entries_whose_key_or_end_is_lost_are_sealed_again_and_an_entry_says_so(string loss)
    {
        await using var desk = await AuditDesk.CreateAsync();
        await desk.WriteAsync(5);
        var old = (await desk.EntriesAsync())[^1];
        await desk.TamperAsync(loss);
        await desk.WriteAsync(1);
        Assert.False((await desk.VerifyAsync()).IsIntact);

        Assert.Equal(5, await desk.Product.Get<AuditRenewal>().RenewAsync(Cancel));
        await desk.SealAsync();

        var report = await desk.VerifyAsync();
        Assert.Equal((true, 7L, 0), (report.IsIntact, report.Sealed, report.Waiting));
        var entries = await desk.EntriesAsync();
        Assert.Equal(["1", "2", "3", "4", "5", "1"], entries.Take(6).Select(entry => entry.Subject));
        Assert.Equal(("System.AuditRenewed", "console"), (entries[6].Action, entries[6].From));
        Assert.Equal(
            $"5 earlier entries are sealed again as they are. The old chain ended at 5 with {Convert.ToHexStringLower(old.Hash!)}.",
            entries[6].Detail!.ToString()
        );
        await desk.WriteAsync(1);
        Assert.True((await desk.VerifyAsync()).IsIntact);
    }

    [Theory]
    [InlineData("""UPDATE "AuditEntries" SET "Subject" = 'Other' WHERE "Sequence" = 3""")]
    [InlineData("""DELETE FROM "AuditEntries" WHERE "Sequence" = 3""")]
    public async Task A_chain_that_can_be_verified_is_not_replaced_to_hide_a_change(string change)
    {
        await using var desk = await AuditDesk.CreateAsync();
        await desk.WriteAsync(5);
        await desk.TamperAsync(change);
        var before = await desk.FaultsAsync();

        await Assert.ThrowsAsync<StoreFaultException>(() => desk.Product.Get<AuditRenewal>().RenewAsync(Cancel));

        Assert.Equal(before, await desk.FaultsAsync());
        Assert.DoesNotContain(await desk.EntriesAsync(), entry => entry.Action == "System.AuditRenewed");
    }
}
