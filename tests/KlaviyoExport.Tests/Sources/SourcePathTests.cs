using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources;

public sealed class SourcePathTests
{
    [Theory]
    [InlineData("relative.csv")]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("~/customers.csv")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/etc/\0passwd")]
    public async Task A_relative_path_is_refused(string location)
    {
        await using var store = await SourceStore.CreateAsync();
        Assert.Equal("Sources.PathNotFull", CodeOf(store, location));
    }

    [Fact]
    public async Task No_path_outside_the_roots_can_be_read()
    {
        await using var store = await SourceStore.CreateAsync();
        var name = Path.GetFileName(store.Root);
        string[] outside =
        [
            "/etc/passwd",
            "/",
            Path.GetTempPath(),
            store.Root + "/../",
            store.Root + "/../../etc/passwd",
            store.Root + "/x/../../" + name + "-evil",
            store.Root + "-evil/customers.csv",
            Path.Combine(store.Store.Directory, "data", "klaviyo-export.db"),
            Path.Combine(store.Store.Directory, "data", "keys"),
        ];
        Assert.All(outside, location => Assert.Equal("Sources.OutsideRoots", CodeOf(store, location)));
    }

    [Fact]
    public async Task A_link_to_outside_is_refused_and_one_inside_is_followed()
    {
        await using var store = await SourceStore.CreateAsync();
        var inside = store.Write("real/customers.csv", "id\n1\n");
        var elsewhere = Directory.CreateTempSubdirectory("klaviyo-export-elsewhere-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(elsewhere, "secret.csv"), "id\n1\n");
            File.CreateSymbolicLink(Path.Combine(store.Root, "out.csv"), Path.Combine(elsewhere, "secret.csv"));
            File.CreateSymbolicLink(Path.Combine(store.Root, "relative.csv"), $"../{Path.GetFileName(elsewhere)}/secret.csv");
            Directory.CreateSymbolicLink(Path.Combine(store.Root, "folder"), elsewhere);
            File.CreateSymbolicLink(Path.Combine(store.Root, "second.csv"), Path.Combine(store.Root, "out.csv"));
            File.CreateSymbolicLink(Path.Combine(store.Root, "in.csv"), "real/customers.csv");
            File.CreateSymbolicLink(Path.Combine(store.Root, "circle"), Path.Combine(store.Root, "circle"));

            foreach (var name in new[] { "out.csv", "relative.csv", "folder/secret.csv", "folder", "second.csv" })
                Assert.Equal("Sources.OutsideRoots", CodeOf(store, Path.Combine(store.Root, name)));
            Assert.Equal("Sources.NotFound", CodeOf(store, Path.Combine(store.Root, "circle")));
            Assert.Equal(RealPath.Of(inside), store.Store.Get<SourcePaths>().Resolve(Path.Combine(store.Root, "in.csv")));
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_source_does_not_read_a_link_to_outside()
    {
        await using var store = await SourceStore.CreateAsync();
        store.Write("all/a.csv", "id\n1\n");
        File.CreateSymbolicLink(Path.Combine(store.Root, "all", "b.csv"), "/etc/passwd");

        Assert.Contains(
            "outside the permitted folders",
            await SourceStore.RefusalAsync(() => store.AddCsvAsync(Path.Combine(store.Root, "all"))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_database_replaced_by_a_link_to_outside_is_no_longer_read()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync("CREATE TABLE people(id TEXT); INSERT INTO people VALUES ('1')", "people");
        var elsewhere = Path.Combine(store.Store.Directory, "other.db");
        File.Move(source.Location, elsewhere);
        File.CreateSymbolicLink(source.Location, elsewhere);

        Assert.Contains(
            "outside the permitted folders",
            await SourceStore.RefusalAsync(() => store.ReadAllAsync(source)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void All_invalid_options_are_named_with_their_keys()
    {
        var result = new SourceOptionsValidator().Validate(
            null,
            new SourceOptions { Roots = ["relative", "/no/such/folder"], MaxUploadBytes = 0 }
        );

        Assert.Equal(3, result.Failures!.Count());
        Assert.Contains("Sources:Roots:0", result.FailureMessage, StringComparison.Ordinal);
        Assert.Contains("Sources:Roots:1", result.FailureMessage, StringComparison.Ordinal);
        Assert.Contains("Sources:MaxUploadBytes", result.FailureMessage, StringComparison.Ordinal);
    }

    private static string CodeOf(SourceStore store, string location) =>
        Assert.Throws<SourceException>(() => store.Store.Get<SourcePaths>().Resolve(location)).LocalizedMessage.Code;
}
