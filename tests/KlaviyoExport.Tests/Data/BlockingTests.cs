using KlaviyoExport.Segments;
using KlaviyoExport.Tests.Delivery;

namespace KlaviyoExport.Tests.Data;

public sealed class BlockingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task That_a_name_is_taken_is_found_out_without_keeping_a_thread_waiting()
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
