using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Tests.Exports;

public sealed class ListRulesTests
{
    private static readonly ListRules Strict = new()
    {
        WhenRemovedByHand = WhenRemovedByHand.PutBack,
        Verify = VerifyList.Weekly,
        ApprovalShare = 0.07,
        ApprovalAtLeast = 5,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_rules_are_saved_changed_and_copied_with_the_export()
    {
        await using var product = await Product.CreateAsync();
        var service = product.Get<ExportService>();
        var draft = await DraftAsync(product);

        var id = await service.SaveAsync(Product.Contributor, draft with { ListRules = Strict }, Cancel);
        var copy = await service.DuplicateAsync(Product.Contributor, id, Cancel);
        var saved = (await service.GetAsync(Product.Viewer, id, Cancel)).Draft;
        await service.SaveAsync(Product.Contributor, saved with { ListRules = new() }, Cancel);

        Assert.Equal(Strict, saved.ListRules);
        Assert.Equal(new ListRules(), (await service.GetAsync(Product.Viewer, id, Cancel)).Draft.ListRules);
        Assert.Equal(Strict, (await service.GetAsync(Product.Viewer, copy, Cancel)).Draft.ListRules);
    }

    [Fact]
    public async Task Of_two_editors_the_second_is_refused_when_only_the_rules_were_changed()
    {
        await using var product = await Product.CreateAsync();
        var service = product.Get<ExportService>();
        var draft = await DraftAsync(product);
        var id = await service.SaveAsync(Product.Contributor, draft, Cancel);
        await service.SaveAsync(Product.Contributor, draft with { Id = id, ListRules = Strict }, Cancel);

        var conflict = await Assert.ThrowsAsync<ExportConflictException>(() =>
            service.SaveAsync(Product.Contributor, draft with { Id = id, Name = "Other" }, Cancel)
        );

        Assert.Equal(Strict, conflict.Theirs.Draft.ListRules);
    }

    [Theory]
    [InlineData(0.009, null, ExportPart.ApprovalShare)]
    [InlineData(100.1, null, ExportPart.ApprovalShare)]
    [InlineData(double.NaN, null, ExportPart.ApprovalShare)]
    [InlineData(null, 0, ExportPart.ApprovalAtLeast)]
    [InlineData(null, 1_000_001, ExportPart.ApprovalAtLeast)]
    public async Task A_limit_for_approval_that_is_out_of_range_is_refused(double? share, int? atLeast, ExportPart part)
    {
        await using var product = await Product.CreateAsync();
        var draft = await DraftAsync(product) with
        {
            ListRules = new() { ApprovalShare = share, ApprovalAtLeast = atLeast },
        };

        var refused = await Assert.ThrowsAsync<ExportInvalidException>(() =>
            product.Get<ExportService>().SaveAsync(Product.Contributor, draft, Cancel)
        );

        Assert.Equal(part, refused.Part);
        Assert.Contains(
            part == ExportPart.ApprovalShare ? "Enter 1 to 10,000 percent" : "Enter 1 to 1,000,000 profiles",
            refused.LocalizedMessage.In(new("en")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(0.01, 1)]
    [InlineData(100d, 1_000_000)]
    public async Task The_ends_of_the_ranges_are_accepted(double share, int atLeast)
    {
        await using var product = await Product.CreateAsync();
        var draft = await DraftAsync(product) with
        {
            ListRules = new() { ApprovalShare = share, ApprovalAtLeast = atLeast },
        };

        Assert.NotEqual(0, await product.Get<ExportService>().SaveAsync(Product.Contributor, draft, Cancel));
    }

    [Fact]
    public async Task The_other_exports_to_a_list_are_found_over_any_connection_to_its_account()
    {
        await using var product = await Product.CreateAsync();
        var customers = await product.AddCustomersAsync("Customers", []);
        var first = await product.AddConnectionAsync("First");
        var second = await product.AddConnectionAsync("Second", Sharing.Administrators);
        var stranger = await product.AddConnectionAsync("Stranger", accountId: "Other1");
        var own = await product.AddExportAsync("Own", first, customers);
        var full = await product.AddExportAsync("B full", second, customers);
        var mirror = await product.AddExportAsync("A mirror", first, customers, mode: SyncMode.Mirror);
        await product.AddExportAsync("Another list", second, customers, PracticeStore.WinBack);
        var elsewhere = await product.AddExportAsync("Another account", stranger, customers);
        var detached = await product.AddExportAsync("Detached", second, customers);
        var service = product.Get<ExportService>();
        await service.DetachAsync(Product.Administrator, detached, Cancel);

        Task<IReadOnlyList<ListSharer>> SharersAsync(int connection, string list, int? except) =>
            service.SharersAsync(Product.Viewer, connection, list, except, Cancel);

        ListSharer[] others = [new(mirror, "A mirror", SyncMode.Mirror), new(full, "B full", SyncMode.Full)];
        Assert.Equal(others, await SharersAsync(first.Id, PracticeStore.Newsletter, own));
        Assert.Equal(others, await SharersAsync(second.Id, PracticeStore.Newsletter, own));
        Assert.Equal(3, (await SharersAsync(second.Id, PracticeStore.Newsletter, null)).Count);
        Assert.Empty(await SharersAsync(stranger.Id, PracticeStore.Newsletter, elsewhere));
        Assert.Empty(await SharersAsync(first.Id, "NoSuch", null));
        Assert.Empty(await SharersAsync(77, PracticeStore.Newsletter, null));
    }

    private static async Task<ExportDraft> DraftAsync(Product product)
    {
        var customers = await product.AddCustomersAsync("Customers", []);
        return new ExportDraft
        {
            Name = "Newsletter",
            ConnectionId = (await product.AddConnectionAsync()).Id,
            ListId = PracticeStore.Newsletter,
            SourceId = customers.Source.Id,
            EmailField = "email",
            SegmentIds = [customers.Segment.Id],
        };
    }
}
