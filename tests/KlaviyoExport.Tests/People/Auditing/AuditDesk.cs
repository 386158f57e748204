using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.People.Auditing;

/// <summary>A product whose audit a test writes, seals and tampers with.</summary>
internal sealed class AuditDesk : IAsyncDisposable
{
    private AuditDesk(Product product, TestClock clock) => (Product, Clock) = (product, clock);

    public Product Product { get; }

    public TestClock Clock { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="probe">For a test that needs SQLite.</param>
    public static async Task<AuditDesk> CreateAsync(Dictionary<string, string?>? settings = null, StoreProbe? probe = null)
    {
        var clock = new TestClock();
        var on = probe is null ? default(StoreProvider?) : StoreProvider.Sqlite;
        return new AuditDesk(await Product.CreateAsync(clock, settings, configure: probe is null ? null : probe.AddTo, on: on), clock);
    }

    /// <summary>Adds entries with the subjects "1", "2" and so on, and seals them.</summary>
    public async Task WriteAsync(int count)
    {
        await AddAsync(count);
        await SealAsync();
    }

    /// <summary>Adds entries that stay unsealed.</summary>
    public async Task AddAsync(int count)
    {
        await using var db = await Product.OpenAsync();
        for (var number = 1; number <= count; number++)
            Product
                .Get<Audit>()
                .Add(
                    db,
                    Product.Administrator with
                    {
                        From = "192.0.2.1",
                    },
                    "Exports.Changed",
                    $"{number}",
                    number,
                    new LocalizedMessage("Exports.OfRun", number)
                );
        await db.SaveChangesAsync(Cancel);
    }

    public Task SealAsync() => Product.Get<AuditSealing>().SealAsync(Cancel);

    public Task<AuditReport> VerifyAsync() => Product.Get<AuditVerification>().VerifyAsync(Cancel);

    public async Task<string> FaultsAsync() => string.Join(' ', (await VerifyAsync()).Faults);

    /// <summary>Changes the store as somebody with a database tool does.</summary>
    public async Task TamperAsync(string sql)
    {
        await using var db = await Product.OpenAsync();
        Assert.True(await db.Database.ExecuteSqlRawAsync(sql, Cancel) > 0);
    }

    public async Task<IReadOnlyList<AuditEntry>> EntriesAsync()
    {
        await using var db = await Product.OpenAsync();
        return await db.Set<AuditEntry>().AsNoTracking().OrderBy(entry => entry.Id).ToListAsync(Cancel);
    }

    public ValueTask DisposeAsync() => Product.DisposeAsync();
}
