using KlaviyoExport.Secrets;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources;

/// <summary>No way of writing a path or a file name leads out of the permitted folders.</summary>
public sealed class HostilePathTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Ways to write /etc/passwd or a neighbour of the permitted folder, which is {0}.</summary>
    public static TheoryData<string> Ways =>
        [
            "/etc/passwd",
            "//etc/passwd",
            "/etc//passwd",
            "/./etc/passwd",
            "{0}/../../../../../../etc/passwd",
            "{0}/./../../../../../../etc/passwd",
            "{0}/x/../../../../../../../etc/passwd",
            "{0}//../../../../../../etc/passwd",
            "{0}-evil",
            "{0}-evil/secret.csv",
            "{0}/../klaviyo-export-evil/secret.csv",
            "{0} /secret.csv",
            "{0}./secret.csv",
            "{0}\\..\\..\\etc\\passwd",
            "\\etc\\passwd",
            "C:\\Windows\\win.ini",
            "\\\\server\\share\\secret.csv",
            "\\\\?\\C:\\secret.csv",
            "\\\\.\\PhysicalDrive0",
            "//server/share/secret.csv",
            "file:///etc/passwd",
            "~/secret.csv",
            "~root/secret.csv",
            "$HOME/secret.csv",
            "etc/passwd",
            "../etc/passwd",
            "{0}/\0/../../etc/passwd",
            "{0}/customers.csv\0/etc/passwd",
            "/proc/self/environ",
            "/proc/self/root/etc/passwd",
            "/dev/stdin",
            "/dev/zero",
            "CON",
            "",
            " ",
        ];

    /// <summary>What only looks like a way out: the name of a file that is not there.</summary>
    public static TheoryData<string> Names =>
        [
            "{0}/%2e%2e/%2e%2e/etc/passwd",
            "{0}/..%2f..%2fetc%2fpasswd",
            "{0}/..%c0%af..%c0%afetc/passwd",
            "{0}/.../passwd",
            "{0}/.. /passwd",
            "{0}/..\\..\\etc\\passwd",
            "{0}/\u2024\u2024/passwd",
            "{0}/\uFF0E\uFF0E/passwd",
            "{0}/..\u2215..\u2215etc",
            "{0}/customers.csv.",
            "{0}/CUSTOMERS.CSV",
            "{0}/customers.csv::$DATA",
            "{0}/customers.csv?x",
            "{0}/CON",
        ];

    public static TheoryData<string, string> Uploads =>
        new()
        {
            { "customers.csv", "customers.csv" },
            { "../../../etc/cron.d/x", "x" },
            { "..\\..\\evil.csv", "evil.csv" },
            { "/etc/passwd", "passwd" },
            { "C:\\evil.csv", "evil.csv" },
            { "..", "upload" },
            { "...", "upload" },
            { "", "upload" },
            { "/", "upload" },
            { ".hidden.csv", "hidden.csv" },
            { "a.csv\0.exe", "a.csv_.exe" },
            { "a\r\nb.csv", "a__b.csv" },
            { "a.csv. . ", "a.csv" },
            { "%2e%2e%2fx.csv", "_2e_2e_2fx.csv" },
            { "\u2025\u2215x.csv", "__x.csv" },
            { "CON", "_CON" },
            { "nul.csv", "_nul.csv" },
            { "com1 .csv", "_com1 .csv" },
            { "LPT\u00B9.csv", "_LPT_.csv" },
            { "a.csv::$DATA", "a.csv___DATA" },
            { "$(id);`id`|x.csv", "__id___id__x.csv" },
            { "<img src=x>.csv", "_img src_x_.csv" },
            { new string('a', 300) + ".csv", new string('a', 96) + ".csv" },
            { new string('文', 300) + ".csv", new string('文', 65) + ".csv" },
        };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task No_way_of_writing_a_path_leads_out_of_the_folders(string way)
    {
        await using var store = await SourceStore.CreateAsync();
        var path = PathOf(store, way);
        foreach (
            var draft in new[]
            {
                new SourceDraft { Kind = SourceKind.Csv, Location = path },
                new SourceDraft
                {
                    Kind = SourceKind.Sqlite,
                    Location = path,
                    Table = "people",
                },
            }
        )
        {
            (draft.Name, draft.KeyColumns) = ("x", ["id"]);
            foreach (
                var act in new Func<Task>[]
                {
                    () => store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel),
                    () => store.AddAsync(draft),
                }
            )
                Assert.Contains(await CodeAsync(act), (string[])["Sources.OutsideRoots", "Sources.PathNotFull"]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_only_looks_like_a_way_out_is_a_file_that_is_not_there(string name)
    {
        await using var store = await SourceStore.CreateAsync();
        store.Write("customers.csv", "id\n1\n");
        var draft = new SourceDraft
        {
            Name = "x",
            Location = PathOf(store, name),
            KeyColumns = ["id"],
        };

        Assert.Contains(await CodeAsync(() => store.AddAsync(draft)), (string[])["Sources.NotFound", "Sources.OutsideRoots"]);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task No_way_of_writing_a_certificate_leads_out_of_the_folders(string way)
    {
        await using var store = await SourceStore.CreateAsync();
        var draft = new SourceDraft
        {
            Name = "x",
            Kind = SourceKind.PostgreSql,
            Host = "127.0.0.1",
            Port = 1,
            Database = "d",
            User = "u",
            Password = "p",
            Tls = ServerTls.Verified,
            RootCertificate = PathOf(store, way),
        };
        var code = await CodeAsync(() => store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel));

        if (string.IsNullOrWhiteSpace(way))
            Assert.Equal("Sources.ConnectionRefused", code);
        else
            Assert.Contains(code, (string[])["Sources.OutsideRoots", "Sources.PathNotFull"]);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task No_way_of_writing_a_secret_leads_out_of_its_folder(string way)
    {
        await using var store = await SourceStore.CreateAsync();
        var path = PathOf(store, way);

        Assert.True(
            !SecretPlace.InFile(path).IsWellFormed
                || await CodeAsync(() => SecretFiles.ReadAsync(path, [store.Root], Cancel)) == "Secrets.FileNotAllowed"
        );
    }

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task An_upload_gets_a_plain_name_in_a_folder_of_its_own(string name, string kept)
    {
        await using var store = await SourceStore.CreateAsync();
        using var content = new MemoryStream("id\n1\n"u8.ToArray());

        var path = await store.Store.Get<SourceUploads>().SaveAsync(SourceStore.Administrator, content, name, Cancel);

        Assert.Equal(kept, Path.GetFileName(path));
        Assert.Equal(Path.GetFullPath(store.Store.Get<SourcePaths>().Uploads), Path.GetDirectoryName(Path.GetDirectoryName(path)));
        Assert.Equal("id\n1\n", await File.ReadAllTextAsync(path, Cancel));
    }

    private static string PathOf(SourceStore store, string way) => way.Replace("{0}", store.Root, StringComparison.Ordinal);

    private static async Task<string> CodeAsync(Func<Task> act) =>
        (await Assert.ThrowsAnyAsync<LocalizedException>(act)).LocalizedMessage.Code;
}
