using KlaviyoExport.Data;
using KlaviyoExport.Overview.Checks;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Odbc;
using KlaviyoExport.Tests.Delivery;
using KlaviyoExport.Tests.Sources;
using KlaviyoExport.Tests.Sources.Odbc;
using KlaviyoExport.Tests.Sources.Remote;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests.Overview.Checks;

/// <summary>The command <c>check</c> opens sources of servers and stores. Files and SQLite are in <see cref="CheckupTests"/>.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class SourcesCheckTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SourceKind.MySql, "refuses connections on port", "does not accept the user")]
    [InlineData(SourceKind.PostgreSqlCompatible, "refuses connections on port", "does not accept the user")]
    [InlineData(SourceKind.Odbc, "cannot connect. Check the keys", "password authentication failed")]
    [InlineData(SourceKind.S3, "refuses connections on port", "The store does not know the access key stranger")]
    [InlineData(SourceKind.AzureBlob, "refuses connections on port", "may not be read with this sign-in")]
    [InlineData(SourceKind.Sftp, "refuses connections on port", "with this private key")]
    public async Task A_source_is_read_and_an_absent_server_or_a_wrong_secret_is_found(SourceKind kind, string absent, string refused)
    {
        await using var bench = await Workbench.CreateAsync([]);
        await using var place = await Place.CreateAsync(kind);
        var draft = place.Draft;
        draft.Name = "People";
        var source = await bench.Product.Get<SourceService>().SaveAsync(Product.Administrator, draft, Cancel);

        Assert.Equal((FindingLevel.Ok, null), Of(await FindAsync(bench)));

        await ChangeAsync(bench, one => Lead(one, Loopback.FreePort()));
        HasFault(absent, await FindAsync(bench));

        var secret = bench.Product.Get<SecretProtector>().ProtectCredential(place.WrongSecret);
        // s3rver does not check the secret.
        var files = kind == SourceKind.S3 ? source.Remote! with { User = "stranger" } : source.Remote;
        await ChangeAsync(bench, one => (one.Server, one.Remote, one.Password) = (source.Server, files, secret));
        HasFault(refused, await FindAsync(bench));
    }

    private static (FindingLevel Level, string? Cure) Of(Finding finding) => (finding.Level, finding.Cure);

    private static void HasFault(string message, Finding finding)
    {
        Assert.Contains(message, finding.Message, StringComparison.Ordinal);
        Assert.Equal((FindingLevel.Fault, "Mend the source, then load it again on its page."), Of(finding));
    }

    private static void Lead(Source source, int port)
    {
        if (source.Server?.Odbc is { } target)
            source.Server = source.Server with { Odbc = target with { Keys = [.. target.Keys.Select(key => At(key, port))] } };
        else if (source.Server is { } server)
            source.Server = server with { Port = port };
        else if (source.Kind == SourceKind.Sftp)
            source.Remote = source.Remote! with { Port = port };
        else
            source.Remote = source.Remote! with
            {
                Endpoint = new UriBuilder(source.Remote.Endpoint!) { Port = port }
                    .Uri
                    .AbsoluteUri,
            };
    }

    private static OdbcKey At(OdbcKey key, int port) =>
        key.Name == "Port" ? key with { Value = port.ToString(System.Globalization.CultureInfo.InvariantCulture) } : key;

    private static async Task ChangeAsync(Workbench bench, Action<Source> change)
    {
        await using var db = await bench.Product.OpenAsync();
        change(await db.Set<Source>().SingleAsync(source => source.Name == "People", Cancel));
        await db.SaveChangesAsync(Cancel);
    }

    private static async Task<Finding> FindAsync(Workbench bench)
    {
        using var console = bench.Product.AnotherNode();
        return await console
            .Services.GetRequiredService<SourcesCheck>()
            .RunAsync(Cancel)
            .SingleAsync(one => one.Subject == "People", Cancel);
    }

    /// <summary>A real server or store with one person.</summary>
    private sealed class Place(SourceDraft draft, string wrongSecret, IAsyncDisposable real) : IAsyncDisposable
    {
        public SourceDraft Draft => draft;

        public string WrongSecret => wrongSecret;

        public static async Task<Place> CreateAsync(SourceKind kind)
        {
            if (kind.IsRemoteFiles())
            {
                var files = await RemotePlace.CreateAsync(kind);
                await files.PutAsync("in/a.csv", "id\n1\n");
                return new Place(files.Draft(), await WrongAsync(kind), files);
            }
            var database = await (kind == SourceKind.MySql ? ServerDatabase.MariaDbAsync() : ServerDatabase.PostgreSqlAsync());
            await database.ExecuteAsync("CREATE TABLE people(id int); INSERT INTO people VALUES (1)");
            return new Place(
                kind == SourceKind.Odbc
                    ? OdbcDatabase.Draft(database, "public.people")
                    : database.Draft(kind, kind == SourceKind.MySql ? $"{database.Name}.people" : "public.people"),
                "wrong",
                database
            );
        }

        public ValueTask DisposeAsync() => real.DisposeAsync();

        private static async Task<string> WrongAsync(SourceKind kind) =>
            kind switch
            {
                SourceKind.AzureBlob => Convert.ToBase64String(new byte[64]),
                SourceKind.Sftp => await File.ReadAllTextAsync(Path.Combine(TestStores.Find().Sftp.Keys, "stranger"), Cancel),
                _ => "wrong",
            };
    }
}
