using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources;

/// <summary>Each kind of source tells when its data last changed.</summary>
public sealed class DataTimeTests
{
    private static readonly DateTime Yesterday = new(2026, 11, 21, 9, 0, 0, DateTimeKind.Utc);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_folder_is_as_new_as_its_newest_file_and_tells_it_when_it_is_loaded()
    {
        await using var store = await SourceStore.CreateAsync();
        foreach (var (name, age) in new[] { ("folder/a.csv", 3), ("folder/b.csv", 1), ("folder/c.csv", 2) })
            File.SetLastWriteTimeUtc(store.Write(name, $"id\n{name}\n"), Yesterday.AddDays(-age));
        var source = await store.AddCsvAsync(Path.Combine(store.Root, "folder"));
        Assert.Equal(Yesterday.AddDays(-1), source.DataChangedAt!.Value.UtcDateTime);
        File.SetLastWriteTimeUtc(Path.Combine(store.Root, "folder", "a.csv"), Yesterday);

        var again = await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel);

        Assert.Equal(Yesterday, again.DataChangedAt!.Value.UtcDateTime);
    }

    [Fact]
    public async Task A_database_file_is_as_new_as_what_was_written_ahead()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync("CREATE TABLE people(id); INSERT INTO people VALUES (1)", "people");
        File.SetLastWriteTimeUtc(source.Location, Yesterday.AddDays(-1));
        Assert.Equal(Yesterday.AddDays(-1), await ReadAsync());
        await File.WriteAllBytesAsync(source.Location + "-wal", [], Cancel);
        File.SetLastWriteTimeUtc(source.Location + "-wal", Yesterday);

        Assert.Equal(Yesterday, await ReadAsync());

        async Task<DateTime?> ReadAsync() => (await store.Store.Get<DataTimes>().ReadAsync(source, Cancel))?.UtcDateTime;
    }

    [Theory, Trait(Needs.Trait, Needs.Server)]
    [InlineData("timestamptz", "'2026-11-21 10:00+01', '2026-11-20 12:00Z'")]
    [InlineData("timestamp", "'2026-11-21 09:00', '2026-11-20 12:00', NULL")]
    [InlineData("text", "'21.11.2026. 9:00', '2026-11-20 12:00', '', NULL")]
    [InlineData("text", "'31/12/2025 12:00', '21/11/2026 09:00'")]
    public async Task A_column_of_a_server_tells_it_by_its_latest_value(string type, string values)
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var draft = await DraftAsync(database, type, values);

        var source = await store.AddAsync(draft);

        Assert.Equal(Yesterday, source.DataChangedAt!.Value.UtcDateTime);
    }

    [Theory, Trait(Needs.Trait, Needs.Server)]
    [InlineData("timestamptz", "NULL", "changed", null)]
    [InlineData("text", "'', NULL", "changed", null)]
    [InlineData("text", "'2026-11-21', 'soon'", "changed", "The column changed of PostgreSql public.people does not have only dates")]
    [InlineData("date", "'2026-11-21', 'infinity'", "changed", "does not have only dates")]
    [InlineData("date", "'2026-11-21'", "gone", "has no column gone, which tells when the data last changed")]
    public async Task A_column_without_dates_does_not_tell_it(string type, string values, string column, string? message)
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var draft = await DraftAsync(database, type, values);
        draft.ChangedAtColumn = column;

        if (message is null)
            Assert.Null((await store.AddAsync(draft)).DataChangedAt);
        else
            Assert.Contains(message, await SourceStore.RefusalAsync(() => store.AddAsync(draft)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_is_stored_without_loading_the_source_again_and_is_checked()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id\n1\n");
        var draft = SourceDraft.Of(source);
        (draft.MaxAgeHours, draft.StopsWhenOld) = (24, true);
        File.Delete(source.Location);

        var changed = await store.AddAsync(draft);

        Assert.Equal((24, true), (changed.MaxAgeHours, changed.StopsWhenOld));
        draft = SourceDraft.Of(changed);
        draft.MaxAgeHours = null;
        changed = await store.AddAsync(draft);
        Assert.Equal((null, false), (changed.MaxAgeHours, changed.StopsWhenOld));
        foreach (var hours in new[] { 0, -1, 87_601 })
        {
            draft.MaxAgeHours = hours;
            Assert.Contains(
                "between 1 hour and 87,600 hours",
                await SourceStore.RefusalAsync(() => store.AddAsync(draft)),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task A_limit_of_a_server_needs_a_column()
    {
        await using var store = await SourceStore.CreateAsync();
        var draft = new SourceDraft
        {
            Name = "CRM",
            Kind = SourceKind.PostgreSql,
            Table = "public.people",
            KeyColumns = ["id"],
            MaxAgeHours = 24,
        };

        Assert.Contains("Choose the column", await SourceStore.RefusalAsync(() => store.AddAsync(draft)), StringComparison.Ordinal);
    }

    private static async Task<SourceDraft> DraftAsync(ServerDatabase database, string type, string values)
    {
        var rows = values.Split(", ").Select((value, id) => $"({id}, {value})");
        await database.ExecuteAsync($"CREATE TABLE people(id int, changed {type}); INSERT INTO people VALUES {string.Join(", ", rows)}");
        var draft = database.Draft(SourceKind.PostgreSql, "public.people");
        draft.ChangedAtColumn = "changed";
        return draft;
    }
}
