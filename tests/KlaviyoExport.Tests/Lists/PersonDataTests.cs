using System.Text;
using System.Text.Json;
using KlaviyoExport.Lists;
using KlaviyoExport.Lists.Traces;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Lists;

/// <summary>What is stored about a person can be downloaded and erased.</summary>
public sealed class PersonDataTests
{
    private const string Ana = "ana@async-fail.example";
    private const string Bo = "bo@shop.example";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_file_contains_everything_about_the_person_and_nothing_about_others()
    {
        await using var bench = await BusyAsync();

        using var ana = await DownloadAsync(bench, Ana);
        using var bo = await DownloadAsync(bench, Bo);

        Assert.Equal(Ana, ana.RootElement.GetProperty("address").GetString());
        var rejection = Export(ana).GetProperty("runs")[0].GetProperty("rejections")[0];
        Assert.Equal(("ana-key", "Refused", Ana), (Text(rejection, "profileKey"), Text(rejection, "reason"), Text(rejection, "email")));
        Assert.Equal("Held", Text(Export(bo).GetProperty("membership"), "state"));
        Assert.Equal(Bo, Text(Export(bo).GetProperty("membership"), "address"));
        foreach (var (file, others) in new[] { (ana, new[] { "bo@", "bo-key", "cy@" }), (bo, ["ana@", "ana-key", "cy@"]) })
            Assert.All(others, other => Assert.DoesNotContain(other, file.RootElement.GetRawText(), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_removal_and_the_difference_of_a_check_are_in_the_file()
    {
        await using var bench = await BusyAsync();
        await bench.ReplaceCustomersAsync([new("ana-key", Ana, "Ana"), new("cy-key", "cy@shop.example", "Cy")]);
        var run = await bench.RunAsync();
        await CheckedAsync(bench, run.Id, Bo);

        using var bo = await DownloadAsync(bench, Bo);

        var last = Export(bo).GetProperty("runs").EnumerateArray().Last();
        Assert.Equal(Bo, Text(last.GetProperty("removedFromList"), "address"));
        Assert.Equal("Unexpected", Text(last.GetProperty("differencesOfChecks")[0], "kind"));
    }

    [Fact]
    public async Task Erasing_leaves_nothing_of_the_person_and_everything_of_others()
    {
        await using var bench = await BusyAsync();
        await bench.ReplaceCustomersAsync([new("ana-key", Ana, "Ana"), new("cy-key", "cy@shop.example", "Cy")]);
        var run = await bench.RunAsync();
        await CheckedAsync(bench, run.Id, Bo);
        await CheckedAsync(bench, run.Id, "cy@shop.example");
        var (before, list) = (await RowsAsync(bench), bench.OnList());

        var data = bench.Product.Get<PersonDataService>();
        var counted = await data.CountAsync(Product.Administrator, Ana, Cancel);
        var ana = await data.EraseAsync(Product.Administrator, Ana, Cancel);
        var bo = await data.EraseAsync(Product.Administrator, Bo, Cancel);

        Assert.Equal(new PersonDataCounts(0, 2, 0, 0), ana);
        Assert.Equal(ana, counted);
        Assert.Equal((1, 1), (bo.Removed, bo.Differences));
        Assert.Equal(0, (await data.CountAsync(Product.Administrator, Ana, Cancel)).Total);
        Assert.Equal(0, (await data.CountAsync(Product.Administrator, Bo, Cancel)).Total);
        var after = await RowsAsync(bench);
        foreach (var trace in (string[])[Ana, Bo, "ana-key", "bo-key", .. await HashesAsync(bench, Ana, Bo)])
            Assert.DoesNotContain(after, row => row.Contains(trace, StringComparison.OrdinalIgnoreCase));
        // The rejections are still counted, without the person.
        Assert.Equal(
            before.Count(row => row.StartsWith("Rejection", StringComparison.Ordinal)),
            after.Count(row => row.StartsWith("Rejection", StringComparison.Ordinal))
        );
        Assert.Equal(before.Where(IsOfCy).Order(), after.Where(IsOfCy).Order());
        Assert.Equal(list, bench.OnList());

        bool IsOfCy(string row) => row.Contains("cy-key", StringComparison.Ordinal) || row.Contains("cy@", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Samples_of_a_source_that_show_the_person_are_erased_and_those_of_others_stay()
    {
        await using var bench = await BusyAsync();
        var samples = bench.Product.Get<SourceSamples>();
        await using (var db = await bench.Product.OpenAsync())
        {
            foreach (var (name, value) in new[] { ("Of Ana", $" {Ana.ToUpperInvariant()}"), ("Of others", "dora@shop.example") })
            {
                var source = new Source
                {
                    Name = name,
                    Kind = SourceKind.Csv,
                    Location = "x.csv",
                    KeyColumns = ["id"],
                    CreatedBy = "Ana",
                    Fields = [new("id", FieldType.Text, 1, []), new("email", FieldType.Text, 1, [value])],
                };
                samples.Keep(source);
                db.Add(source);
            }
            await db.SaveChangesAsync(Cancel);
        }

        await EraseAsync(bench, Ana);

        Assert.Empty(await SamplesAsync("Of Ana"));
        Assert.Equal(["dora@shop.example"], await SamplesAsync("Of others"));

        async Task<IEnumerable<string>> SamplesAsync(string name)
        {
            await using var db = await bench.Product.OpenAsync();
            var source = await db.Set<Source>().SingleAsync(source => source.Name == name, Cancel);
            samples.Reveal(source);
            return source.Fields.SelectMany(field => field.Samples);
        }
    }

    [Fact]
    public async Task A_person_is_erased_by_the_key_too()
    {
        await using var bench = await BusyAsync();

        Assert.Equal(1, (await EraseAsync(bench, "ana-key")).Rejections);
        Assert.Equal(1, (await EraseAsync(bench, "bo-key")).Memberships);
    }

    [Fact]
    public async Task A_profile_without_an_address_is_erased_by_its_key()
    {
        await using var bench = await Workbench.CreateAsync([new("nobody-key", null, "N"), new("bo-key", Bo, "Bo")]);
        await bench.RunAsync();

        Assert.Equal(new PersonDataCounts(0, 1, 0, 0), await EraseAsync(bench, "nobody-key"));
        Assert.DoesNotContain(await RowsAsync(bench), row => row.Contains("nobody-key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_with_different_addresses_in_two_sources_is_refused()
    {
        await using var bench = await BusyAsync();
        await bench.Product.AddExportAsync(
            "Second",
            await bench.Product.AddConnectionAsync("Second"),
            await bench.Product.AddCustomersAsync("Others", [new("bo-key", "boris@shop.example", "Boris")])
        );

        var refused = await Assert.ThrowsAsync<LocalizedException>(() => EraseAsync(bench, "bo-key"));

        Assert.Contains("does not identify one person", refused.LocalizedMessage.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, (await EraseAsync(bench, Bo)).Memberships);
    }

    [Fact]
    public async Task While_a_run_that_may_contain_the_person_is_in_progress_nothing_is_erased()
    {
        await using var bench = await BusyAsync();
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 503 });
        await bench.ReplaceCustomersAsync([new("ana-key", Ana, "Ana"), new("bo-key", Bo, "Bo Changed")]);
        var run = await bench.RunAsync();
        Assert.Equal(RunState.FailedRetrying, run.State);
        // Even when the person has left the source, the batch contains the person.
        await bench.ReplaceCustomersAsync([new("ana-key", Ana, "Ana")]);
        await using (var db = await bench.Product.OpenAsync())
            await db.Set<Membership>().ExecuteDeleteAsync(Cancel);

        var refused = await Assert.ThrowsAsync<LocalizedException>(() => EraseAsync(bench, Bo));

        Assert.Contains($"Run {run.Id} of Newsletter is in progress", refused.LocalizedMessage.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, (await EraseAsync(bench, "stranger@shop.example")).Total);
    }

    [Fact]
    public async Task Only_administrators_may_download_and_erase()
    {
        await using var bench = await BusyAsync();
        var data = bench.Product.Get<PersonDataService>();

        foreach (var actor in (Actor[])[Product.Contributor, Product.Operator, Product.Viewer])
        {
            await Assert.ThrowsAsync<NotAllowedException>(() => data.DownloadAsync(actor, Ana, Cancel));
            await Assert.ThrowsAsync<NotAllowedException>(() => data.EraseAsync(actor, Ana, Cancel));
            await Assert.ThrowsAsync<NotAllowedException>(() => data.CountAsync(actor, Ana, Cancel));
        }
    }

    [Fact]
    public async Task The_audit_and_the_log_have_the_counts_and_not_the_person()
    {
        var logs = new LogCapture();
        await using var product = await Product.CreateAsync(logs: logs);
        var export = await product.AddExportAsync(
            "Newsletter",
            await product.AddConnectionAsync(),
            await product.AddCustomersAsync("Customers", [new("ana-key", Ana, "Ana"), new("bo-key", Bo, "Bo")])
        );
        await product.RunAsync(export);
        logs.Lines.Clear();

        var data = product.Get<PersonDataService>();
        await data.DownloadAsync(Product.Administrator, Ana, Cancel);
        await data.EraseAsync(Product.Administrator, "ana-key", Cancel);
        await product.Get<KlaviyoExport.Overview.Lookup.PersonQueries>().FindAsync(Product.Administrator, Ana, Cancel);

        await using var db = await product.OpenAsync();
        var entries = await db.Set<AuditEntry>().OrderBy(entry => entry.Id).ToListAsync(Cancel);
        Assert.Equal(
            ["Lists.PersonDownloaded", "Lists.PersonErased", "Lists.PersonLookedUp"],
            entries.TakeLast(3).Select(entry => entry.Action)
        );
        Assert.All(
            entries.TakeLast(3).Take(2),
            entry => Assert.Equal("memberships: 0, rejections: 1, removals: 0, differences: 0", entry.Detail?.ToString())
        );
        Assert.All(
            entries,
            entry => Assert.DoesNotContain("ana", $"{entry.Subject} {entry.Detail?.ToJson()}", StringComparison.OrdinalIgnoreCase)
        );
        Assert.DoesNotContain(
            logs.Lines,
            line => line.Contains("ana@", StringComparison.Ordinal) || line.Contains("ana%40", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(logs.Lines, line => line.Contains("ana-key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_whom_somebody_took_off_the_list_is_not_put_back_after_erasing()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        var first = await bench.RunAsync(export);
        await bench.TakeOffAsync("b");
        await bench.CheckAsync(first.Id);
        Assert.Equal(1, (await bench.RunAsync(export)).Ledger.Respected);
        var (data, b) = (bench.Product.Get<PersonDataService>(), SharedListBench.EmailOf('b'));

        Assert.Equal(1, (await data.EraseAsync(Product.Administrator, b, Cancel)).Memberships);
        Assert.Equal(0, (await data.CountAsync(Product.Administrator, b, Cancel)).Total);
        var run = await bench.RunAsync(export);

        Assert.Equal(("a", 1), (bench.OnList(), run.Ledger.Respected));
        await using (var db = await bench.Product.OpenAsync())
        {
            var kept = await db.Set<Membership>().SingleAsync(row => row.State == MembershipState.RemovedByHand, Cancel);
            Assert.Equal((null, null, null, null, null), (kept.Email, kept.FirstFrom, kept.FirstUntil, kept.LastFrom, kept.LastUntil));
            Assert.All(kept.Fingerprint, part => Assert.Equal(0, part));
        }
        // When a check finds that the person has returned, there is nothing left to remember.
        await bench.JoinAsync("b");
        await bench.CheckAsync(run.Id);
        await using var after = await bench.Product.OpenAsync();
        Assert.Equal(1, await after.Set<Membership>().CountAsync(Cancel));
    }

    /// <summary>An export whose run has delivered Bo and Cy, and whose profile Ana was refused.</summary>
    private static async Task<Workbench> BusyAsync()
    {
        var bench = await Workbench.CreateAsync(
            [new("ana-key", Ana, "Ana"), new("bo-key", Bo, "Bo"), new("cy-key", "cy@shop.example", "Cy")],
            SyncMode.Mirror
        );
        await bench.RunAsync();
        return bench;
    }

    private static Task<PersonDataCounts> EraseAsync(Workbench bench, string text) =>
        bench.Product.Get<PersonDataService>().EraseAsync(Product.Administrator, text, Cancel);

    private static async Task<JsonDocument> DownloadAsync(Workbench bench, string text) =>
        JsonDocument.Parse(await bench.Product.Get<PersonDataService>().DownloadAsync(Product.Administrator, text, Cancel));

    private static JsonElement Export(JsonDocument file) => Assert.Single(file.RootElement.GetProperty("exports").EnumerateArray());

    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();

    private static async Task CheckedAsync(Workbench bench, int runId, string email)
    {
        await using var db = await bench.Product.OpenAsync();
        var check = new ListCheck
        {
            RunId = runId,
            RequestedBy = "Ana",
            State = ListCheckState.Done,
            FinishedAt = DateTimeOffset.UnixEpoch,
        };
        db.Add(check);
        await db.SaveChangesAsync(Cancel);
        db.Add(
            new ListDifference
            {
                CheckId = check.Id,
                Kind = ListDifferenceKind.Unexpected,
                KlaviyoId = "K1",
                Email = bench.Product.Get<KlaviyoExport.Data.SecretProtector>().ProtectEmail(email),
            }
        );
        await db.SaveChangesAsync(Cancel);
    }

    private static async Task<string[]> HashesAsync(Workbench bench, params string[] emails)
    {
        var hasher = await bench.Product.Get<EmailHashes>().LoadAsync(Cancel);
        return [.. emails.Select(email => Convert.ToHexString(hasher.Hash(email).ToArray()))];
    }

    /// <summary>
    /// All rows of all tables of the store as text, with encrypted addresses decrypted. Without the sources, which contain copies of their
    /// data.
    /// </summary>
    private static async Task<List<string>> RowsAsync(Workbench bench)
    {
        using var keys = await bench.Product.Get<EmailHashes>().LoadAllAsync(Cancel);
        var secrets = bench.Product.Get<KlaviyoExport.Data.SecretProtector>();
        await using var db = await bench.Product.OpenAsync();
        var tables = db.Model.GetEntityTypes().Select(type => (Type: type.ShortName(), Table: type.GetTableName())).Distinct().ToList();
        await db.Database.OpenConnectionAsync(Cancel);
        var rows = new List<string>();
        foreach (var (type, table) in tables.Where(table => table.Table is not null).DistinctBy(table => table.Table))
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"SELECT * FROM \"{table}\"";
            await using var reader = await command.ExecuteReaderAsync(Cancel);
            while (await reader.ReadAsync(Cancel))
            {
                var row = new StringBuilder(type);
                for (var i = 0; i < reader.FieldCount; i++)
                    row.Append(' ').Append(await reader.IsDBNullAsync(i, Cancel) ? "null" : Shown(reader.GetValue(i)));
                rows.Add(row.ToString());
            }
        }
        return rows;

        string? Shown(object value)
        {
            if (value is not byte[] bytes)
                return value.ToString();
            foreach (var open in (Func<byte[], string>[])[keys.Cipher.Decrypt, secrets.UnprotectEmail])
                try
                {
                    return open(bytes);
                }
                catch (System.Security.Cryptography.CryptographicException)
                {
                    // Something else than an address.
                }
            return Convert.ToHexString(bytes);
        }
    }
}
