using KlaviyoExport.Segments;
using KlaviyoExport.Tests.Delivery;

namespace KlaviyoExport.Tests.Data;

public sealed class BlockingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_conflict_is_found_without_blocking_a_thread()
    {
        var probe = new StoreProbe();
        await using var product = await Product.CreateAsync(configure: probe.AddTo);
        var (source, _) = await product.AddCustomersAsync("Customers", Customer.Many(1));
        var draft = new SegmentDraft { Name = "All of Customers", SourceId = source.Id };
        var before = probe.Blocking;

        var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() =>
            product.Get<SegmentService>().SaveAsync(Product.Administrator, draft, Cancel)
        );

        Assert.Equal("Segments.NameTaken", refused.LocalizedMessage.Code);
        Assert.Equal(before, probe.Blocking);
    }
}
