using System.Text;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;

namespace KlaviyoExport.Tests.People.Auditing;

public sealed class AuditDownloadsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CSV_has_every_matching_entry_with_its_hash_and_runs_no_formula()
    {
        await using var desk = await AuditDesk.CreateAsync();
        await using (var db = await desk.Product.OpenAsync())
        {
            desk.Product.Get<Audit>().Add(db, Product.Operator with { From = "2001:db8::1" }, "Exports.RunStarted", "=cmd|'calc'!A1", 7);
            await db.SaveAsync(Cancel);
        }
        await desk.WriteAsync(1_500);

        var lines = await CsvAsync(desk, new AuditFilter(ActorId: Product.Operator.Id));

        var hash = Convert.ToHexStringLower((await desk.EntriesAsync())[0].Hash!);
        Assert.Equal("﻿sequence,time,person,person_id,from,action,item,item_id,detail,hash", lines[0]);
        Assert.Equal(
            $"1,2026-11-22T12:00:00.0000000Z,Oskar,oskar,2001:db8::1,Exports.RunStarted,'=cmd|'calc'!A1,7,,{hash}",
            Assert.Single(lines[1..])
        );
        // The headings, and the entries of both downloads.
        Assert.Equal(1 + 1_500 + 2, (await CsvAsync(desk, new AuditFilter(ActorId: Product.Administrator.Id))).Count);
    }

    [Fact]
    public async Task A_download_is_recorded_before_its_first_entry()
    {
        await using var desk = await AuditDesk.CreateAsync();

        await desk.Product.Get<AuditDownloads>().ReadAsync(Product.Administrator, new AuditFilter(), Cancel);

        Assert.Equal("System.AuditDownloaded", Assert.Single(await desk.EntriesAsync()).Action);
    }

    private static async Task<List<string>> CsvAsync(AuditDesk desk, AuditFilter filter)
    {
        using var file = new MemoryStream();
        await desk.Product.Get<AuditDownloads>().WriteCsvAsync(Product.Administrator, filter, file, Cancel);
        return [.. Encoding.UTF8.GetString(file.ToArray()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)];
    }
}
