using KlaviyoExport.Data;
using KlaviyoExport.People;

namespace KlaviyoExport.Tests.People;

public class AuditTrailTests : IAsyncLifetime
{
    private Product _product = default!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AuditTrail Trail => _product.Get<AuditTrail>();

    public async ValueTask InitializeAsync()
    {
        _product = await Product.CreateAsync(new TestClock());
        await using var db = await _product.OpenAsync();
        var audit = _product.Get<Audit>();
        foreach (
            var (who, action, what) in new[]
            {
                (Product.Administrator, "Exports.Added", "100% wool"),
                (Product.Administrator, "Exports.Changed", "100 wool"),
                (Product.Contributor, "Exports.Added", "Socks_1"),
                (Product.Contributor, "Segments.Added", "Socks 1"),
                (Product.Administrator with { Name = "Ana Nova" }, "People.Removed", "Vera"),
            }
        )
        {
            audit.Add(db, who, action, what);
            await db.SaveAsync(Cancel);
        }
    }

    public ValueTask DisposeAsync() => _product.DisposeAsync();

    [Theory]
    [InlineData(null, null, null, "Vera|Socks 1|Socks_1|100 wool|100% wool")]
    [InlineData("carla", null, null, "Socks 1|Socks_1")]
    [InlineData(null, "Exports.Added", null, "Socks_1|100% wool")]
    [InlineData("carla", "Exports.Added", null, "Socks_1")]
    [InlineData(null, null, "wool", "100 wool|100% wool")]
    [InlineData(null, null, "100%", "100% wool")]
    [InlineData(null, null, "s_1", "Socks_1")]
    [InlineData(null, null, "nova", "Vera")]
    [InlineData(null, null, @"\", "")]
    public async Task It_lists_newest_first_and_filters_by_person_action_and_text(
        string? who,
        string? action,
        string? text,
        string expected
    )
    {
        var page = await Trail.ListAsync(Product.Administrator, new AuditFilter(who, action, text), 0, 10, Cancel);

        Assert.Equal(expected, string.Join('|', page.Entries.Select(entry => entry.Subject)));
        Assert.Equal(page.Entries.Count, page.Total);
    }

    [Fact]
    public async Task A_page_holds_the_requested_rows_and_the_total_count()
    {
        var page = await Trail.ListAsync(Product.Administrator, new AuditFilter(), 2, 2, Cancel);

        Assert.Equal(["Socks_1", "100 wool"], page.Entries.Select(entry => entry.Subject));
        Assert.Equal(5, page.Total);
    }

    [Fact]
    public async Task People_are_listed_with_their_latest_name()
    {
        var choices = await Trail.ChoicesAsync(Product.Administrator, Cancel);

        Assert.Equal([new AuditActor("admin", "Ana Nova"), new AuditActor("carla", "Carla")], choices.Actors);
        Assert.Equal(["Exports.Added", "Exports.Changed", "People.Removed", "Segments.Added"], choices.Actions);
    }
}
