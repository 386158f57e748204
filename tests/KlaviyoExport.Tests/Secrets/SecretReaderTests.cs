using System.Text;
using KlaviyoExport.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Tests.Secrets;

/// <summary>Secrets in real files and environment variables, and what an administrator of the product may name.</summary>
public sealed class SecretReaderTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("klaviyo-export-secrets-");

    public SecretReaderTests() => Directory.CreateDirectory(Folder);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(_root.FullName, "secrets");

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData("s3cret", "s3cret")]
    [InlineData("s3cret\n", "s3cret")]
    [InlineData("s3cret\r\n", "s3cret")]
    [InlineData("s3cret\n\n", "s3cret\n")]
    [InlineData(" s3cret ", " s3cret ")]
    [InlineData("\uFEFFтајна\n", "тајна")]
    [InlineData("-----BEGIN KEY-----\nabc\n-----END KEY-----\n", "-----BEGIN KEY-----\nabc\n-----END KEY-----")]
    public async Task A_file_is_read_without_the_line_end_at_its_end(string content, string secret)
    {
        await File.WriteAllTextAsync(PathOf("warehouse"), content, Cancel);
        Assert.Equal(secret, await ReadAsync(PathOf("warehouse")));
    }

    [Fact]
    public async Task A_secret_that_the_platform_replaces_by_moving_a_link_is_read_anew()
    {
        // As Kubernetes mounts secrets: the names are links through a folder that is replaced as a whole.
        foreach (var (version, secret) in new[] { ("..2026_1", "old"), ("..2026_2", "new") })
        {
            Directory.CreateDirectory(PathOf(version));
            await File.WriteAllTextAsync(PathOf(Path.Combine(version, "warehouse")), secret, Cancel);
        }
        Directory.CreateSymbolicLink(PathOf("..data"), "..2026_1");
        File.CreateSymbolicLink(PathOf("warehouse"), Path.Combine("..data", "warehouse"));
        var before = await ReadAsync(PathOf("warehouse"));

        Directory.Delete(PathOf("..data"));
        Directory.CreateSymbolicLink(PathOf("..data"), "..2026_2");

        Assert.Equal(("old", "new"), (before, await ReadAsync(PathOf("warehouse"))));
    }

    [Fact]
    public async Task A_file_elsewhere_is_refused_whether_it_exists_or_not()
    {
        var outside = Path.Combine(_root.FullName, "outside");
        await File.WriteAllTextAsync(outside, "x", Cancel);
        Directory.CreateDirectory(PathOf("kubernetes.io"));
        await File.WriteAllTextAsync(PathOf("kubernetes.io/token"), "x", Cancel);
        File.CreateSymbolicLink(PathOf("link"), outside);
        File.CreateSymbolicLink(PathOf("round"), PathOf("round"));

        Assert.Equal("Secrets.FileNotAllowed", await RefusalAsync(outside));
        Assert.Equal("Secrets.FileNotAllowed", await RefusalAsync(Path.Combine(_root.FullName, "no-such-file")));
        Assert.Equal("Secrets.FileNotAllowed", await RefusalAsync(PathOf("../outside")));
        Assert.Equal("Secrets.FileNotAllowed", await RefusalAsync(PathOf("kubernetes.io/token")));
        Assert.Equal("Secrets.FileNotAllowed", await RefusalAsync(Folder));
        Assert.Equal("Secrets.FileNotAllowed", await RefusalAsync("/proc/self/environ"));
        Assert.Equal("Secrets.FileNotAllowed", await RefusalAsync(PathOf("link")));
        Assert.Equal("Secrets.FileUnreadable", await RefusalAsync(PathOf("round")));
        Assert.Equal("Secrets.FileMalformed", await RefusalAsync("warehouse"));
    }

    [Fact]
    public async Task Each_fault_of_a_file_has_its_own_message()
    {
        await File.WriteAllTextAsync(PathOf("empty"), "\n", Cancel);
        await File.WriteAllBytesAsync(PathOf("large"), Encoding.ASCII.GetBytes(new string('x', SecretFiles.MostBytes + 1)), Cancel);
        await File.WriteAllBytesAsync(PathOf("binary"), [0xff, 0xfe, 0x80], Cancel);
        Directory.CreateDirectory(PathOf("folder"));

        Assert.Equal("Secrets.FileMissing", await RefusalAsync(PathOf("gone")));
        Assert.Equal("Secrets.FileEmpty", await RefusalAsync(PathOf("empty")));
        Assert.Equal("Secrets.FileTooLarge", await RefusalAsync(PathOf("large")));
        Assert.Equal("Secrets.FileNotText", await RefusalAsync(PathOf("binary")));
        Assert.Equal("Secrets.FileIsFolder", await RefusalAsync(PathOf("folder")));
    }

    [Fact]
    public async Task Only_variables_with_the_permitted_beginning_are_read()
    {
        Environment.SetEnvironmentVariable("KLAVIYO_EXPORT_SECRET_READER_TEST", "from-the-environment\n");
        Environment.SetEnvironmentVariable("OTHER_READER_TEST", "not-for-sources");
        var reader = Reader();

        Assert.Equal(
            "from-the-environment",
            await reader.ReadAsync(SecretPlace.InEnvironment("KLAVIYO_EXPORT_SECRET_READER_TEST"), SecretUse.SourcePassword, null, Cancel)
        );
        Assert.Equal("Secrets.VariableNotAllowed", await RefusalAsync(SecretPlace.InEnvironment("OTHER_READER_TEST")));
        Assert.Equal("Secrets.VariableNotAllowed", await RefusalAsync(SecretPlace.InEnvironment("PATH")));
        Assert.Equal("Secrets.VariableUnset", await RefusalAsync(SecretPlace.InEnvironment("KLAVIYO_EXPORT_SECRET_UNSET")));
        Assert.Equal("Secrets.VariableMalformed", await RefusalAsync(SecretPlace.InEnvironment("KLAVIYO_EXPORT_SECRET__X")));
        Assert.Equal("Secrets.VariableMalformed", await RefusalAsync(SecretPlace.InEnvironment("KLAVIYO_EXPORT_SECRET_")));
    }

    [Fact]
    public async Task Whoever_operates_the_server_can_forbid_variables_and_files()
    {
        var reader = Reader(new() { ["Secrets:EnvironmentPrefix"] = "", ["Secrets:Directories:0"] = "" });

        Assert.Empty(reader.Offered);
        Assert.Equal("Secrets.NoVariables", await RefusalAsync(reader, SecretPlace.InEnvironment("KLAVIYO_EXPORT_SECRET_X")));
        Assert.Equal("Secrets.NoFiles", await RefusalAsync(reader, SecretPlace.InFile("/run/secrets/x")));
    }

    [Fact]
    public void Without_settings_the_folder_of_container_platforms_is_permitted()
    {
        var reader = Reader([]);

        Assert.Equal(["/run/secrets"], reader.Directories);
        Assert.Equal([SecretPlaceKind.Environment, SecretPlaceKind.File], reader.Offered);
    }

    [Theory]
    [InlineData("Secrets:EnvironmentPrefix", "A")]
    [InlineData("Secrets:EnvironmentPrefix", "AZURE_")]
    [InlineData("Secrets:EnvironmentPrefix", "SHOP")]
    [InlineData("Secrets:EnvironmentPrefix", "SHOP__")]
    [InlineData("Secrets:Directories:0", "secrets")]
    [InlineData("Secrets:Directories:0", "/")]
    [InlineData("Secrets:KeyVaultPrefix", "a_b")]
    public void Settings_that_permit_too_much_are_refused_at_the_start(string key, string value)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Reader(new() { [key] = value }));
        Assert.StartsWith(key.Replace(":0", "", StringComparison.Ordinal), Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_is_stored_as_one_text_and_a_bare_name_is_a_secret_of_Key_Vault()
    {
        SecretPlace[] places = [SecretPlace.InKeyVault("a-b"), SecretPlace.InEnvironment("A_B"), SecretPlace.InFile("/run/secrets/a:b")];

        Assert.Equal(["a-b", "env:A_B", "file:/run/secrets/a:b"], places.Select(place => place.ToString()));
        Assert.Equal(places, places.Select(place => SecretPlace.Parse(place.ToString())));
        Assert.All(places, place => Assert.Contains(place.Name, SecretPlace.MessageOf(place).ToString(), StringComparison.Ordinal));
    }

    private string PathOf(string name) => Path.Combine(Folder, name);

    private SecretReader Reader() => Reader(new() { ["Secrets:Directories:0"] = Folder });

    private static SecretReader Reader(Dictionary<string, string?> settings) =>
        new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton(TimeProvider.System)
            .AddLogging()
            .AddSecrets()
            .BuildServiceProvider()
            .GetRequiredService<SecretReader>();

    private Task<string> ReadAsync(string path) =>
        Reader().ReadAsync(SecretPlace.InFile(path), SecretUse.SourcePassword, refused: null, Cancel);

    private Task<string> RefusalAsync(string path) => RefusalAsync(SecretPlace.InFile(path));

    private Task<string> RefusalAsync(SecretPlace place) => RefusalAsync(Reader(), place);

    private static async Task<string> RefusalAsync(SecretReader reader, SecretPlace place)
    {
        var refused = await Assert.ThrowsAsync<SecretException>(() => reader.ReadAsync(place, SecretUse.SourcePassword, null, Cancel));
        Assert.NotEmpty(refused.LocalizedMessage.ToString());
        return refused.LocalizedMessage.Code;
    }
}
