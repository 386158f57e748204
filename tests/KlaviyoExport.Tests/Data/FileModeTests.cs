using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using KlaviyoExport.Data;
using KlaviyoExport.Tests.Console;

namespace KlaviyoExport.Tests.Data;

/// <summary>Other users of the machine can open nothing that the product writes.</summary>
[Trait(Needs.Trait, Needs.Process)]
public sealed class FileModeTests : IDisposable
{
    private const UnixFileMode File600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder700 = File600 | UnixFileMode.UserExecute;

    private readonly string _directory = Directory.CreateTempSubdirectory("klaviyo-export-modes-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Whatever_the_umask_everything_that_is_written_belongs_to_its_owner_alone()
    {
        if (OperatingSystem.IsWindows())
            return; // Windows has no such modes.
        var data = Path.Combine(_directory, "data");
        using var app = AppProcess.StartWithoutUmask(
            data,
            "Demo:Enabled=true",
            "Demo:SandboxUrl=http://127.0.0.1:0",
            $"Log:File={Path.Combine(data, "logs", "log.txt")}",
            "Delivery:PollInterval=00:00:00.100"
        );
        var address = new Uri(await app.SaysAsync("Klaviyo Export is at ", Cancel));
        var backup = Path.Combine(_directory, "backup.zip");
        var token = await ConsoleRun.OfAsync("add-token", "Pipeline", $"--DataDirectory={data}");
        await RunAsync(address, token.Output.Trim());
        var saved = await AppProcess.RunWithoutUmaskAsync(Cancel, "backup", backup, $"--DataDirectory={data}");

        Assert.True(saved.Code == 0, saved.Output);
        var paths = Directory.GetFileSystemEntries(data, "*", SearchOption.AllDirectories);
        foreach (var name in new[] { "klaviyo-export.db", "klaviyo-export.db-wal", "in-use", "keys", "staging", "logs", "customers.csv" })
            Assert.Contains(paths, path => Path.GetFileName(path) == name);
        foreach (var path in (string[])[.. paths, data, backup])
            Assert.Equal((path, Directory.Exists(path) ? Folder700 : File600), (path, File.GetUnixFileMode(path)));
    }

    [Fact]
    public async Task The_start_of_a_server_closes_what_was_copied_by_hand()
    {
        if (OperatingSystem.IsWindows())
            return; // Windows has no such modes.
        await using var store = await TestStore.CreateAsync();
        var folder = Directory.CreateDirectory(Path.Combine(store.Directory, "data", "uploads"));
        var file = Path.Combine(folder.FullName, "customers.csv");
        await File.WriteAllTextAsync(file, "id\n", Cancel);
        foreach (var (path, mode) in new[] { (file, "644"), (folder.FullName, "755"), (Path.Combine(store.Directory, "data"), "711") })
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
        Assert.Equal(3, PrivateFiles.OpenToOthers(Path.Combine(store.Directory, "data")).Count());

        await Microsoft
            .Extensions.DependencyInjection.ActivatorUtilities.CreateInstance<PrivateDirectory>(store.Services)
            .StartingAsync(Cancel);

        Assert.Empty(PrivateFiles.OpenToOthers(Path.Combine(store.Directory, "data")));
        Assert.Equal((File600, Folder700), (File.GetUnixFileMode(file), File.GetUnixFileMode(folder.FullName)));
    }

    private static async Task RunAsync(Uri address, string token)
    {
        using var http = new HttpClient { BaseAddress = new Uri(address, "/api/v1/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        http.DefaultRequestHeaders.Add("Prefer", "wait=60");
        using var answer = await http.PostAsync("exports/1/runs", null, Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("isFinal").GetBoolean());
    }
}
