using System.Text;
using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Drift;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Sources;

/// <summary>Columns of files that are left out.</summary>
public sealed class KeptFieldsTests
{
    private const string Canary = "canary-of-the-note";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    // Rows without a key, with a key that is there twice, and with too many values.
    [InlineData(
        "customers.csv",
        $"id,email,note\n1,a@shop.example,{Canary}\n,b@shop.example,{Canary}\n1,c@shop.example,{Canary}\n2,d@x.example,x,{Canary}\n"
    )]
    [InlineData("customers.json", $"[{{\"id\":1,\"email\":\"a@shop.example\",\"note\":\"{Canary}\"}},{{\"id\":1,\"note\":\"{Canary}\"}}]")]
    public async Task The_values_of_a_column_that_is_left_out_are_in_no_file_of_the_data_directory(string file, string content)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await AddAsync(store, file, content, ["email"]);
        await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel);
        // While it is open, the last writes are in the log of the store.
        await using var db = await store.Store.OpenAsync();
        await db.Set<Source>().ToListAsync(Cancel);

        source = await store.Sources.GetAsync(SourceStore.Administrator, source.Id, Cancel);
        Assert.Equal(["id", "email"], source.Fields.Select(field => field.Name));
        Assert.True(source.MalformedCount > 0);
        Assert.Equal(["1", "a@shop.example"], (await store.ReadAllAsync(source))[0].Values);
        Assert.Empty(FilesWith(store, Canary));
        Assert.NotEmpty(FilesWith(store, "a@shop.example"));
    }

    [Fact]
    public async Task A_column_that_is_left_out_later_is_gone_from_the_disk()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await AddAsync(store, "customers.csv", $"id,email,note\n1,a@shop.example,{Canary}\n", null);
        Assert.NotEmpty(FilesWith(store, Canary));

        await ChooseAsync(store, source, ["email"]);

        Assert.Empty(FilesWith(store, Canary));
        await using var db = await store.Store.OpenAsync();
        var entry = await db.Set<AuditEntry>().SingleAsync(entry => entry.Action == "Sources.Changed", Cancel);
        Assert.Equal("Fields kept: all → email, id", entry.Detail!.In(new("en")));
    }

    [Fact]
    public async Task A_column_is_loaded_when_somebody_chooses_it()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await AddAsync(store, "customers.csv", "id,email,note\n1,a@shop.example,x\n", ["email"]);
        await RefusalAsync(() => SegmentAsync(store, source, "note"));

        source = await ChooseAsync(store, source, ["email", "note"]);
        await SegmentAsync(store, source, "note");

        Assert.Equal(["1", "a@shop.example", "x"], (await store.ReadAllAsync(source))[0].Values);
    }

    [Fact]
    public async Task A_column_that_a_segment_uses_cannot_be_left_out()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await AddAsync(store, "customers.csv", "id,email,tier\n1,a@shop.example,Gold\n", null);
        await SegmentAsync(store, source, "tier");

        var message = await RefusalAsync(() => ChooseAsync(store, source, ["email"]));

        Assert.Equal("The column tier cannot be left out, because it is used by: Readers.", message.In(new("en")));
        await ChooseAsync(store, source, ["tier"]);
    }

    [Fact]
    public async Task A_column_that_the_file_gets_later_is_left_out_and_not_told_as_new()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await AddAsync(store, "customers.csv", "id,email\n1,a@shop.example\n", ["email"]);
        store.Write("customers.csv", $"id,note,email\n1,{Canary},a@shop.example\n");

        Assert.Null((await store.Store.Get<SourceColumns>().CheckAsync(SourceStore.Administrator, source.Id, Cancel)).Drift);
        source = await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel);

        Assert.Equal(["id", "email"], source.Fields.Select(field => field.Name));
        Assert.Empty(FilesWith(store, Canary));
    }

    [Fact]
    public async Task A_file_without_the_kept_columns_is_refused_by_its_key()
    {
        await using var store = await SourceStore.CreateAsync();
        store.Write("x.csv", "a,b\n1,2\n");

        var message = await RefusalAsync(() => AddAsync(store, "y.csv", "a,b\n1,2\n", ["email"]));

        Assert.Equal("Sources.KeyNotInHeader", message.Code);
    }

    [Fact]
    public async Task Nothing_can_be_left_out_of_an_upload_because_it_is_stored_whole()
    {
        await using var store = await SourceStore.CreateAsync();
        var upload = await store
            .Store.Get<SourceUploads>()
            .SaveAsync(SourceStore.Administrator, new MemoryStream("id,note\n1,x\n"u8.ToArray()), "customers.csv", Cancel);

        var message = await RefusalAsync(() => store.AddAsync(Draft(upload, ["id"])));

        Assert.Equal("Sources.KeptOfUpload", message.Code);
    }

    [Fact]
    public async Task The_samples_of_fields_are_encrypted_and_an_older_store_is_mended_at_the_start()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await AddAsync(store, "customers.csv", "id,email\n1,a@shop.example\n", null);
        await using var db = await store.Store.OpenAsync();
        Assert.DoesNotContain("a@shop.example", await StoredAsync(), StringComparison.Ordinal);
        var now = await store.Sources.GetAsync(SourceStore.Administrator, source.Id, Cancel);
        Assert.Equal(["a@shop.example"], now.Fields[1].Samples);

        var old = System.Text.Json.JsonSerializer.Serialize(now.Fields);
        await db.Database.ExecuteSqlAsync($"UPDATE \"Sources\" SET \"Fields\" = {old}, \"Samples\" = NULL", Cancel);
        Assert.Contains("a@shop.example", await StoredAsync(), StringComparison.Ordinal);
        await store.Store.Get<SourceSamples>().StartAsync(Cancel);

        Assert.DoesNotContain("a@shop.example", await StoredAsync(), StringComparison.Ordinal);
        now = await store.Sources.GetAsync(SourceStore.Administrator, source.Id, Cancel);
        Assert.Equal(["a@shop.example"], now.Fields[1].Samples);

        Task<string> StoredAsync() => db.Database.SqlQuery<string>($"SELECT \"Fields\" AS \"Value\" FROM \"Sources\"").SingleAsync(Cancel);
    }

    [Fact]
    public async Task What_a_crash_has_left_of_a_removed_source_is_swept_while_the_server_runs()
    {
        var clock = new TestClock(DateTimeOffset.UtcNow);
        await using var store = await SourceStore.CreateAsync(clock);
        var upload = await store
            .Store.Get<SourceUploads>()
            .SaveAsync(
                SourceStore.Administrator,
                new MemoryStream(Encoding.UTF8.GetBytes($"id,n\n1,{Canary}\n,{Canary}\n")),
                "c.csv",
                Cancel
            );
        await store.AddAsync(Draft(upload, null));
        // The upload, its loaded rows, and the row without a key.
        Assert.Equal(3, FilesWith(store, Canary).Count);
        // As if the process had been killed after the row was deleted.
        await using (var db = await store.Store.OpenAsync())
            await db.Set<Source>().ExecuteDeleteAsync(Cancel);
        var files = store.Store.Get<SourceFiles>();

        await files.SweepOldAsync(Cancel);
        Assert.Equal(3, FilesWith(store, Canary).Count);
        clock.Advance(TimeSpan.FromHours(25));
        await files.SweepOldAsync(Cancel);

        Assert.Empty(FilesWith(store, Canary));
    }

    private static async Task<LocalizedMessage> RefusalAsync(Func<Task> act) =>
        (await Assert.ThrowsAnyAsync<LocalizedException>(act)).LocalizedMessage;

    private static SourceDraft Draft(string location, List<string>? kept) =>
        new()
        {
            Name = "Customers",
            Location = location,
            KeyColumns = ["id"],
            KeptFields = kept,
        };

    private static Task<Source> AddAsync(SourceStore store, string file, string content, List<string>? kept) =>
        store.AddAsync(Draft(store.Write(file, content), kept));

    private static async Task<Source> ChooseAsync(SourceStore store, Source source, List<string>? kept)
    {
        var draft = SourceDraft.Of(await store.Sources.GetAsync(SourceStore.Administrator, source.Id, Cancel));
        draft.KeptFields = kept;
        return await store.Sources.SaveAsync(SourceStore.Administrator, draft, Cancel);
    }

    private static Task<Segment> SegmentAsync(SourceStore store, Source source, string field) =>
        store.Segments.SaveAsync(
            SourceStore.Administrator,
            new SegmentDraft
            {
                Name = "Readers",
                SourceId = source.Id,
                Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition(field, Operator.Equal, ["Gold"])])),
            },
            Cancel
        );

    /// <summary>The files of the data directory that contain a text, as they are on the disk now.</summary>
    private static List<string> FilesWith(SourceStore store, string text) =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(store.Store.Directory, "data"), "*", SearchOption.AllDirectories)
                .Where(file =>
                {
                    using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                    using var copy = new MemoryStream();
                    stream.CopyTo(copy);
                    return copy.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
                }),
        ];
}
