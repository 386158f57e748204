using System.Text;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Tests.Delivery;

namespace KlaviyoExport.Tests.Overview;

public sealed class RejectedProfilesCsvTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rejected_profiles_have_all_columns_of_the_source_and_the_reason()
    {
        await using var bench = await Workbench.CreateAsync([
            new("k,1", "ana at shop", "+381 64"),
            new("k2", "bo@shop.example", "Bo"),
            new("k3", null, "Cy"),
        ]);
        var run = await bench.RunAsync();
        var lines = (await WriteAsync(bench, run.Id, Product.Administrator)).Split("\r\n");

        var columns = lines[0].Split(',');
        Assert.Equal("klaviyo_export_reason", columns[^1]);
        Assert.Equal(4, lines.Length);
        Assert.Contains("ana at shop", lines[1], StringComparison.Ordinal);
        Assert.Contains("'+381 64", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",Invalid email", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("k3,", lines[2], StringComparison.Ordinal);
        Assert.EndsWith(",Without email", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_reason_can_be_chosen()
    {
        await using var bench = await Workbench.CreateAsync([new("1", "ana at shop", "Ana"), new("2", null, "Bo")]);
        var run = await bench.RunAsync();

        var text = await WriteAsync(bench, run.Id, Product.Administrator, RejectionReason.WithoutEmail);

        Assert.DoesNotContain("ana at shop", text, StringComparison.Ordinal);
        Assert.Contains("2,", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task People_who_may_not_see_addresses_get_nothing_and_downloads_are_audited()
    {
        await using var bench = await Workbench.CreateAsync([new("1", "ana at shop", "Ana")]);
        var run = await bench.RunAsync();

        await Assert.ThrowsAsync<NotAllowedException>(() => WriteAsync(bench, run.Id, Product.Viewer));
        await using (var before = await bench.Product.OpenAsync())
            Assert.DoesNotContain(before.Set<AuditEntry>(), entry => entry.Action == "Exports.RejectedProfilesDownloaded");
        await WriteAsync(bench, run.Id, Product.Administrator);

        await using var db = await bench.Product.OpenAsync();
        Assert.Single(db.Set<AuditEntry>(), entry => entry.Action == "Exports.RejectedProfilesDownloaded");
    }

    private static async Task<string> WriteAsync(Workbench bench, int runId, Actor actor, RejectionReason? reason = null)
    {
        using var output = new MemoryStream();
        await bench.Product.Get<RejectedProfilesCsv>().WriteAsync(actor, runId, reason, output, Cancel);
        return Encoding.UTF8.GetString(output.ToArray()[3..]);
    }
}
