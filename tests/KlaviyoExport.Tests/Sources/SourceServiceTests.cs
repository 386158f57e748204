using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Sources;

public sealed class SourceServiceTests
{
    private static readonly CancellationToken Token = CancellationToken.None;
    private static readonly Actor Administrator = SourceStore.Administrator;

    [Theory]
    [InlineData("id,name\n", "has a header but no rows")]
    [InlineData("code,name\n1,b\n", "has no column id")]
    [InlineData("", "is empty")]
    [InlineData(null, "There is no file")]
    public async Task After_a_failed_load_the_previous_one_stays_in_use_with_the_reason(string? next, string message)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,name\n1,a\n");
        if (next is null)
            File.Delete(source.Location);
        else
            File.WriteAllText(source.Location, next);

        Assert.Contains(
            message,
            await SourceStore.RefusalAsync(() => store.Sources.LoadAsync(Administrator, source.Id, Token)),
            StringComparison.Ordinal
        );

        var after = await store.Sources.GetAsync(Administrator, source.Id, Token);
        Assert.Contains(message, after.LastError!.ToString(), StringComparison.Ordinal);
        Assert.Equal((1, source.LoadedAt, source.StagingFile), (after.RowCount, after.LoadedAt, after.StagingFile));
        Assert.Equal("a", Assert.Single(await store.ReadAllAsync(after)).Values[1]);
        Assert.Single(Directory.EnumerateFiles(store.Staging));
    }

    [Fact]
    public async Task A_successful_load_replaces_the_previous_one_and_its_error()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,name\n1,a\n");
        File.WriteAllText(source.Location, "");
        await SourceStore.RefusalAsync(() => store.Sources.LoadAsync(Administrator, source.Id, Token));
        File.WriteAllText(source.Location, "id,name,age\n1,b,4\n2,c,5\n");

        var after = await store.Sources.LoadAsync(Administrator, source.Id, Token);

        Assert.Null(after.LastError);
        Assert.Equal((2, 3), (after.RowCount, after.Fields.Count));
        Assert.Equal(["b", "c"], (await store.ReadAllAsync(after)).Select(profile => profile.Values[1]));
        Assert.Equal(Path.GetFileName(after.StagingFile), Path.GetFileName(Assert.Single(Directory.EnumerateFiles(store.Staging))));
    }

    [Fact]
    public async Task A_read_in_progress_keeps_its_data_while_the_source_is_reloaded()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,name\n1,old\n2,old\n3,old\n");
        var segment = new Segment
        {
            Name = "all",
            SourceId = source.Id,
            CreatedBy = "a",
            Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
        };
        await using var reading = store.Reader.ReadAsync(source, [segment], ["name"], Token).GetAsyncEnumerator();
        Assert.True(await reading.MoveNextAsync());

        File.WriteAllText(source.Location, "id,name\n1,new\n");
        await store.Sources.LoadAsync(Administrator, source.Id, Token);

        Assert.True(await reading.MoveNextAsync());
        Assert.Equal("old", reading.Current.Values[0]);
        // A reader that holds the source from before the reload reads the new load.
        Assert.Equal("new", Assert.Single(await store.ReadAllAsync(source)).Values[1]);
    }

    [Fact]
    public async Task A_canceled_load_changes_nothing()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.Sources.LoadAsync(Administrator, source.Id, canceled.Token));

        Assert.Null((await store.Sources.GetAsync(Administrator, source.Id, Token)).LastError);
        Assert.Single(Directory.EnumerateFiles(store.Staging));
    }

    [Fact]
    public async Task A_change_of_the_name_alone_does_not_load_again()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        File.Delete(source.Location);
        var draft = SourceDraft.Of(source);
        draft.Name = "  Renamed ";

        var after = await store.Sources.SaveAsync(Administrator, draft, Token);

        Assert.Equal(("Renamed", source.StagingFile), (after.Name, after.StagingFile));
    }

    [Fact]
    public async Task A_change_that_cannot_be_loaded_is_not_kept()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,name\n1,a\n");
        var draft = SourceDraft.Of(source);
        (draft.Name, draft.KeyColumns) = ("Renamed", ["code"]);

        await SourceStore.RefusalAsync(() => store.Sources.SaveAsync(Administrator, draft, Token));

        var after = await store.Sources.GetAsync(Administrator, source.Id, Token);
        Assert.Equal(("Customers", "id"), (after.Name, after.KeyColumns.ToString()));
        Assert.Single(await store.ReadAllAsync(after));
    }

    [Fact]
    public async Task Two_who_edit_the_same_source_do_not_overwrite_each_other()
    {
        await using var store = await SourceStore.CreateAsync();
        var mine = SourceDraft.Of(await store.AddCsvTextAsync("id\n1\n"));
        var theirs = new SourceDraft
        {
            Id = mine.Id,
            Name = "Theirs",
            Location = mine.Location,
            KeyColumns = ["id"],
            Version = mine.Version,
        };
        await store.Sources.SaveAsync(Administrator, theirs, Token);
        mine.Name = "Mine";

        Assert.Contains(
            "Someone else changed",
            await SourceStore.RefusalAsync(() => store.Sources.SaveAsync(Administrator, mine, Token)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("", "Give the source a name")]
    [InlineData("  ", "Give the source a name")]
    [InlineData("Customers", "A source named Customers already exists")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789+", "longer than 100")]
    public async Task A_name_is_required_and_unique(string name, string message)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        var draft = new SourceDraft
        {
            Name = name,
            Location = source.Location,
            KeyColumns = ["id"],
        };

        Assert.Contains(
            message,
            await SourceStore.RefusalAsync(() => store.Sources.SaveAsync(Administrator, draft, Token)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    [InlineData(Role.Contributor)]
    public async Task Only_administrators_manage_sources(Role role)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        var actor = new Actor("x", "X", role);
        Func<Task>[] actions =
        [
            () => store.Sources.ListAsync(actor, Token),
            () => store.Sources.GetAsync(actor, source.Id, Token),
            () => store.Sources.TestAsync(actor, SourceDraft.Of(source), Token),
            () => store.Sources.SaveAsync(actor, SourceDraft.Of(source), Token),
            () => store.Sources.LoadAsync(actor, source.Id, Token),
            () => store.Sources.RemoveAsync(actor, source.Id, Token),
            () => store.Store.Get<SourceUploads>().SaveAsync(actor, Stream.Null, "x.csv", Token),
        ];
        foreach (var action in actions)
            await Assert.ThrowsAsync<NotAllowedException>(action);
        Assert.All(await store.Sources.ChoicesAsync(Token), choice => Assert.All(choice.Fields, field => Assert.Empty(field.Samples)));
    }

    [Fact]
    public async Task A_source_in_use_is_not_removed_and_its_users_are_named()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        await using (var db = await store.Store.OpenAsync())
        {
            db.Set<Segment>()
                .Add(
                    new Segment
                    {
                        Name = "VIP",
                        SourceId = source.Id,
                        CreatedBy = "a",
                        Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
                    }
                );
            db.Set<Export>()
                .Add(
                    new Export
                    {
                        Name = "Weekly",
                        SourceId = source.Id,
                        ListId = "L",
                        ListName = "L",
                        EmailField = "id",
                        CreatedBy = "a",
                    }
                );
            await db.SaveChangesAsync();
        }

        var message = await SourceStore.RefusalAsync(() => store.Sources.RemoveAsync(Administrator, source.Id, Token));

        Assert.Contains("used by VIP, Weekly", message, StringComparison.Ordinal);
        Assert.Single(await store.ReadAllAsync(source));
    }

    [Fact]
    public async Task Removing_a_source_deletes_its_staging_and_upload_and_not_the_users_file()
    {
        await using var store = await SourceStore.CreateAsync();
        var own = await store.AddCsvTextAsync("id\n1\n");
        var upload = await store
            .Store.Get<SourceUploads>()
            .SaveAsync(Administrator, new MemoryStream("id\n1\n"u8.ToArray()), "up.csv", Token);
        var uploaded = await store.Sources.SaveAsync(
            Administrator,
            new SourceDraft
            {
                Name = "Uploaded",
                Location = upload,
                KeyColumns = ["id"],
            },
            Token
        );

        await store.Sources.RemoveAsync(Administrator, own.Id, Token);
        await store.Sources.RemoveAsync(Administrator, uploaded.Id, Token);

        Assert.True(File.Exists(own.Location));
        Assert.False(File.Exists(upload));
        Assert.Empty(Directory.EnumerateFiles(store.Staging));
        Assert.Contains(
            "removed in the meantime",
            await SourceStore.RefusalAsync(() => store.Sources.GetAsync(Administrator, own.Id, Token)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Actions_are_recorded_in_the_audit()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        await store.Sources.LoadAsync(Administrator, source.Id, Token);
        await store.Sources.SaveAsync(Administrator, SourceDraft.Of(await store.Sources.GetAsync(Administrator, source.Id, Token)), Token);
        await store.Sources.RemoveAsync(Administrator, source.Id, Token);

        await using var db = await store.Store.OpenAsync();
        Assert.Equal(
            ["Sources.Added", "Sources.Loaded", "Sources.Changed", "Sources.Removed"],
            await db.Set<AuditEntry>().OrderBy(entry => entry.Id).Select(entry => entry.Action).ToListAsync()
        );
    }

    [Fact]
    public async Task A_start_removes_leftovers_of_a_crash_and_nothing_in_use()
    {
        var clock = new TestClock(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        await using var store = await SourceStore.CreateAsync(clock);
        var source = await store.AddCsvTextAsync("id\n1\n");
        var uploads = store.Store.Get<SourceUploads>();
        var used = await uploads.SaveAsync(Administrator, new MemoryStream("id\n1\n"u8.ToArray()), "used.csv", Token);
        await store.Sources.SaveAsync(
            Administrator,
            new SourceDraft
            {
                Name = "Uploaded",
                Location = used,
                KeyColumns = ["id"],
            },
            Token
        );
        var abandoned = await uploads.SaveAsync(Administrator, new MemoryStream([1]), "abandoned.csv", Token);
        var fresh = await uploads.SaveAsync(Administrator, new MemoryStream([1]), "fresh.csv", Token);
        foreach (var (file, age) in new[] { (used, 2), (abandoned, 2), (fresh, 0) })
            Directory.SetLastWriteTimeUtc(Path.GetDirectoryName(file)!, clock.GetUtcNow().UtcDateTime.AddDays(-age));
        File.WriteAllText(Path.Combine(store.Staging, "left.db"), "half");
        var files = store.Store.Get<SourceFiles>();
        var loading = files.PathOf(files.Reserve());
        File.WriteAllText(loading, "being written");

        await files.StartAsync(Token);

        Assert.Equal((true, false, true, true), (File.Exists(used), File.Exists(abandoned), File.Exists(fresh), File.Exists(loading)));
        Assert.False(File.Exists(Path.Combine(store.Staging, "left.db")));
        Assert.Single(await store.ReadAllAsync(source));
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\Users\\me\\Kupci 2026.csv", "Kupci 2026.csv")]
    [InlineData("a<b>|c?.csv", "a_b__c_.csv")]
    [InlineData("..", "upload")]
    [InlineData("", "upload")]
    [InlineData(".htaccess", "htaccess")]
    [InlineData("Купци.csv", "Купци.csv")]
    public async Task An_upload_keeps_only_the_safe_part_of_its_name(string name, string kept)
    {
        await using var store = await SourceStore.CreateAsync();
        var path = await store.Store.Get<SourceUploads>().SaveAsync(Administrator, new MemoryStream([1]), name, Token);

        Assert.Equal(kept, Path.GetFileName(path));
        Assert.Equal(Path.Combine(store.Store.Directory, "data", "uploads"), Path.GetDirectoryName(Path.GetDirectoryName(path)));
    }

    [Fact]
    public async Task An_upload_over_the_limit_is_refused_and_leaves_nothing()
    {
        await using var store = await SourceStore.CreateAsync(settings: new() { ["Sources:MaxUploadBytes"] = "1000" });
        var uploads = store.Store.Get<SourceUploads>();

        await uploads.SaveAsync(Administrator, new MemoryStream(new byte[1000]), "fits.csv", Token);
        Assert.Contains(
            "larger than 1 kB",
            await SourceStore.RefusalAsync(() => uploads.SaveAsync(Administrator, new MemoryStream(new byte[1001]), "x.csv", Token)),
            StringComparison.Ordinal
        );
        Assert.Single(Directory.EnumerateDirectories(Path.Combine(store.Store.Directory, "data", "uploads")));
    }
}
