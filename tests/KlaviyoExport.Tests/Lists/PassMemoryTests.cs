using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Lists;

/// <summary>
/// What a pass over the members keeps in memory. Alone, because it measures the memory of the whole process: what other tests hold would be
/// counted with it.
/// </summary>
[Collection(nameof(AloneOnTheMachine))]
public sealed class PassMemoryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pass_over_a_million_members_keeps_less_than_40_bytes_of_each()
    {
        await using var product = await Product.CreateAsync();
        var few = await KeptAsync(product, 100_000);
        var many = await KeptAsync(product, 1_000_000);

        // A hash and its slot need 24 bytes, the key about six. A dictionary of hashes and strings would need 130.
        Assert.InRange((many - few) / 900_000d, 0, 40);
    }

    [Fact]
    public void A_million_delivered_people_need_less_than_48_bytes_each()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var people = new DeliveredPeople();
        for (var number = 0; number < 1_000_000; number++)
        {
            var hash = Hash16.OfContent(BitConverter.GetBytes(number));
            people.Add(hash, hash);
        }

        Assert.InRange((GC.GetTotalMemory(forceFullCollection: true) - before) / 1_000_000d, 32, 48);
        GC.KeepAlive(people);
    }

    /// <summary>The most bytes that were in use during a pass, above those in use before it.</summary>
    private static async Task<long> KeptAsync(Product product, int members)
    {
        var export = await ExportOfAsync(product, members);
        using var hasher = await product.Get<EmailHashes>().LoadAsync(Cancel);
        using var mapping = new ProfileMapping(export);
        var (before, most, read) = (GC.GetTotalMemory(forceFullCollection: true), 0L, 0);
        var sorter = new MemberSorter(hasher, KnownPeople.Nobody, mapping, int.MaxValue);
        await foreach (var _ in product.Get<MemberPass>().ReadAsync(new PassScope(export, export.ListId, null!), sorter, Cancel))
            if (++read % (members / 10) == 0)
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        Assert.Equal((members, members), (sorter.Ledger.Members, sorter.Ledger.Prepared));
        return most;
    }

    private static async Task<Export> ExportOfAsync(Product product, int members)
    {
        var file = Path.Combine(product.Directory, $"{members}.csv");
        await using (var writer = new StreamWriter(file))
        {
            await writer.WriteLineAsync("id,email");
            for (var number = 0; number < members; number++)
                await writer.WriteLineAsync($"c-{number:D9},customer{number}@shop.example");
        }
        var draft = new SourceDraft
        {
            Name = $"{members} customers",
            Location = file,
            KeyColumns = ["id"],
        };
        var saved = await product.Get<SourceService>().SaveAsync(Product.Administrator, draft, Cancel);
        await product.Get<SourceService>().LoadAsync(Product.Administrator, saved.Id, Cancel);
        await using var db = await product.OpenAsync();
        var source = (await db.FindAsync<Source>([saved.Id], Cancel))!;
        return new Export
        {
            Name = "All",
            ListId = "list",
            ListName = "List",
            EmailField = "email",
            CreatedBy = "test",
            SourceId = source.Id,
            Source = source,
            Segments =
            [
                new Segment
                {
                    Name = "All",
                    CreatedBy = "test",
                    SourceId = source.Id,
                    Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
                },
            ],
        };
    }
}
