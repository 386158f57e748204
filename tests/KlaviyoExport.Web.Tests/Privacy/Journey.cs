using System.Security.Cryptography;
using System.Text.Json.Nodes;
using KlaviyoExport.Alerts;
using KlaviyoExport.Alerts.Webhooks;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Lists.Traces;
using KlaviyoExport.Overview.Lookup;
using KlaviyoExport.People;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Remote;
using KlaviyoExport.Tests;
using KlaviyoExport.Tests.Sources.Remote;
using KlaviyoExport.Web.Demo;
using KlaviyoExport.Web.Security;
using KlaviyoExport.Web.Tests.Api;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Privacy;

/// <summary>What people do with the product from the first sign-in to the removal of everything, with canaries for all secrets.</summary>
internal sealed class Journey(JourneyPlace place)
{
    private const string RefusedKey = "pk_00c0ffee00c0ffee00c0ffee00c0ffee00";

    private readonly List<Canary> _canaries = [.. JourneyPlace.Canaries, .. PlantedCustomers.Canaries];
    private readonly List<string> _messages = [];
    private Actor _administrator = default!;
    private int _connection;
    private int _segment;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public IReadOnlyList<Canary> Canaries => _canaries;

    /// <summary>The exceptions that people got as messages, as a log would write them.</summary>
    public IReadOnlyList<string> Exceptions => _messages;

    public Dictionary<Role, Browser> Browsers { get; } = [];

    public string FullToken { get; private set; } = "";

    public string ReadToken { get; private set; } = "";

    public int Draft { get; private set; }

    public int Source { get; private set; }

    public int Segment => _segment;

    public int Connection => _connection;

    public int Export { get; private set; }

    public int Run { get; private set; }

    private TestApp App => place.App;

    public async Task SignInAsync()
    {
        _administrator = await App.ActorAsync(Role.Administrator);
        Plant("the password of an account", TestApp.Password);
        Plant("a wrong password", "pogresna-lozinka-kanarinca");
        using (var stranger = App.Open())
            (
                await stranger.SubmitAsync(
                    "/sign-in",
                    "sign-in",
                    new() { ["Input.Email"] = TestApp.EmailOf(Role.Viewer), ["Input.Password"] = "pogresna-lozinka-kanarinca" }
                )
            ).Dispose();
        var key = await App.AddAppAsync(Role.Operator);
        Plant("the key of an authenticator app", key);
        var codes = await App.RecoveryCodesAsync(Role.Operator);
        foreach (var code in codes)
            Plant("a recovery code", code);
        foreach (var role in Enum.GetValues<Role>())
            Browsers[role] = await App.SignInAsync(role);
        (await Browsers[Role.Operator].SubmitAsync("/sign-in/code", "code", new() { ["Code"] = codes[0] })).Dispose();
        foreach (var cookie in Browsers.Values.SelectMany(browser => browser.Cookies.GetAllCookies()))
            if (cookie.Value.Length > 60)
                Plant($"the cookie {cookie.Name}", cookie.Value);
        var link = await App.Services.GetRequiredService<PasswordLinks>().MakeAsync(_administrator, await IdOfAsync(Role.Viewer), Cancel);
        Plant("the link to set a password", link[(link.LastIndexOf('=') + 1)..]);
        (await Browsers[Role.Viewer].GetAsync("/" + link)).Dispose();
        FullToken = await TokenAsync(ApiClient.AllScopes);
        ReadToken = await TokenAsync(ApiScopes.Read);
    }

    public async Task ConnectAsync()
    {
        var drafts = App.Services.GetRequiredService<ConnectionDrafts>();
        Plant("a Klaviyo key", PracticeStore.FullKey);
        Plant("a Klaviyo key that is refused", RefusedKey);
        Plant("a Klaviyo key of a draft", PracticeStore.NoListsWriteKey);
        Draft = await drafts.StartAsync(_administrator, Cancel);
        await drafts.SetNameAsync(_administrator, Draft, "Draft", Cancel);
        await drafts.SetKeyAsync(_administrator, Draft, PracticeStore.NoListsWriteKey, Cancel);

        var draft = await drafts.StartAsync(_administrator, Cancel);
        await drafts.SetNameAsync(_administrator, draft, "Shop", Cancel);
        await drafts.ShareAsync(_administrator, draft, Sharing.AllContributors, [], Cancel);
        await drafts.SetKeyAsync(_administrator, draft, RefusedKey, Cancel);
        await drafts.AgreeAsync(_administrator, draft, agreed: true, Cancel);
        await RefusedAsync(() => drafts.ConnectAsync(_administrator, draft, Cancel));
        await drafts.SetKeyAsync(_administrator, draft, PracticeStore.FullKey, Cancel);
        await drafts.ConnectAsync(_administrator, draft, Cancel);
        var callback = new Uri("http://127.0.0.1/connections/klaviyo/callback");
        var signIns = App.Services.GetRequiredService<KlaviyoSignIns>();
        var (state, code, error) = await DemoPerson.AllowAsync(
            await signIns.BeginForDraftAsync(_administrator, draft, callback, Cancel),
            Cancel
        );
        Plant("the code of a sign-in at Klaviyo", code!);
        await signIns.CompleteAsync(_administrator, state, code, error, callback, Cancel);
        await drafts.AddExportUserAsync(_administrator, draft, new FreshSignIn(_administrator.Id, DateTimeOffset.UtcNow), Cancel);
        _connection = await drafts.SaveAsync(_administrator, draft, Cancel);
        await using var db = await App.OpenAsync();
        var grant = await db.Set<Connection>().Where(one => one.Id == _connection).Select(one => one.Grant).SingleAsync(Cancel);
        var tokens = JsonNode.Parse(App.Services.GetRequiredService<SecretProtector>().UnprotectCredential(grant!))!;
        Plant("the access token of a Klaviyo account", tokens["AccessToken"]!.GetValue<string>());
        Plant("the refresh token of a Klaviyo account", tokens["RefreshToken"]!.GetValue<string>());
    }

    /// <summary>Adds the sources. Servers and stores that do not answer are tried as well, with secrets of their own.</summary>
    public async Task AddSourcesAsync()
    {
        var sources = App.Services.GetRequiredService<SourceService>();
        foreach (var draft in Unreachable())
        {
            await RefusedAsync(() => sources.TestAsync(_administrator, draft, Cancel));
            await RefusedAsync(() => sources.SaveAsync(_administrator, draft, Cancel));
        }
        foreach (var database in place.CustomersDrafts())
        {
            Plant($"the password of a database ({database.Kind})", database.Password!);
            await sources.SaveAsync(_administrator, database, Cancel);
        }
        if (TestStores.AreThere)
            foreach (var kind in new[] { SourceKind.AzureBlob, SourceKind.Sftp })
                await AddStoreAsync(sources, kind);
        await using var csv = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(PlantedCustomers.Csv));
        var upload = await App.Services.GetRequiredService<SourceUploads>().SaveAsync(_administrator, csv, "customers.csv", Cancel);
        var source = new SourceDraft
        {
            Name = "Customers",
            Kind = SourceKind.Csv,
            Location = upload,
            KeyColumns = ["customer_id"],
        };
        await sources.TestAsync(_administrator, source, Cancel);
        Source = (await sources.SaveAsync(_administrator, source, Cancel)).Id;
        await sources.LoadAsync(_administrator, Source, Cancel);
    }

    /// <summary>A real store, which its key opens.</summary>
    private async Task AddStoreAsync(SourceService sources, SourceKind kind)
    {
        await using var store = await RemotePlace.CreateAsync(kind);
        var address = $"skladiste.{kind}@kaveza.example".ToLowerInvariant();
        _canaries.Add(new Canary($"a customer in a store ({kind})", CanaryKind.Customer, address));
        await store.PutAsync("in/customers.csv", $"id,email\n1,{address}\n");
        var draft = store.Draft();
        draft.Name = $"Customers in a store ({kind})";
        // A private key has several lines, which could be anywhere alone.
        Plant($"the key of a store ({kind})", draft.Password!.Split('\n') is [_, var line, _, ..] ? line.Trim() : draft.Password!);
        await sources.TestAsync(_administrator, draft, Cancel);
        var id = (await sources.SaveAsync(_administrator, draft, Cancel)).Id;
        await sources.LoadAsync(_administrator, id, Cancel);
    }

    public async Task ExportAsync()
    {
        var segments = App.Services.GetRequiredService<SegmentService>();
        var readers = new ConditionGroup(GroupKind.All, [new Condition("newsletter", Operator.Equal, ["true"])]);
        _segment = (
            await segments.SaveAsync(
                _administrator,
                new SegmentDraft
                {
                    Name = "Readers",
                    SourceId = Source,
                    Definition = new ConditionSegment(readers),
                },
                Cancel
            )
        ).Id;
        await segments.CountAsync(_administrator, _segment, Cancel);
        Export = await App
            .Services.GetRequiredService<ExportService>()
            .SaveAsync(
                _administrator,
                new ExportDraft
                {
                    Name = "Newsletter",
                    ConnectionId = _connection,
                    ListId = PracticeStore.NewsletterReaders,
                    SourceId = Source,
                    EmailField = "email",
                    SegmentIds = [_segment],
                    Fields = [new("first_name", "first_name"), new("phone", "phone_number")],
                },
                Cancel
            );
        Plant("the secret of a webhook", "tajna-veb-zakacke-kanarinca");
        Plant("the address of a webhook", "putanja-kanarinca");
        await App
            .Services.GetRequiredService<WebhookService>()
            .AddAsync(
                _administrator,
                new NewWebhook(
                    "Operations",
                    new Uri(place.Webhook.Address, "putanja-kanarinca").ToString(),
                    WebhookFormat.Json,
                    "tajna-veb-zakacke-kanarinca"
                ),
                Cancel
            );
    }

    /// <summary>Runs the export to its end, has the list checked, looks a person up and erases one.</summary>
    public async Task RunAsync()
    {
        using var api = new ApiClient(App.Address, FullToken);
        var run = await ApiClient.ReadAsync(await api.PostAsync($"exports/{Export}/runs", null, ("Prefer", "wait=60")));
        Run = run["id"]!.GetValue<int>();
        Assert.Equal("CompletedWithWarnings", run["state"]!.GetValue<string>(), ignoreCase: true);
        var checks = App.Services.GetRequiredService<ListCheckService>();
        await checks.RequestAsync(_administrator, Run, Cancel);
        await Patience.UntilAsync(async () => (await checks.GetAsync(_administrator, Run, Cancel)).Check is { FinishedAt: not null });
        await App.Services.GetRequiredService<PersonQueries>().FindAsync(_administrator, PlantedCustomers.Erased, Cancel);
        await App.Services.GetRequiredService<PersonDataService>().DownloadAsync(_administrator, PlantedCustomers.Erased, Cancel);
    }

    public Task EraseAsync() =>
        App.Services.GetRequiredService<PersonDataService>().EraseAsync(_administrator, PlantedCustomers.Erased, Cancel);

    /// <summary>Waits for the alert of the run, and asks for a mail with a link.</summary>
    public async Task AlertAsync()
    {
        using var stranger = App.Open();
        (
            await stranger.SubmitAsync("/forgot-password", "forgot-password", new() { ["Input.Email"] = TestApp.EmailOf(Role.Contributor) })
        ).Dispose();
        await Patience.UntilAsync(() => place.Mails.Mails.Count >= 2 && place.Webhook.Requests.Count >= 1);
        await Patience.UntilAsync(() => place.AuditWebhook.Requests.Count >= 1);
    }

    public async Task RemoveEverythingAsync()
    {
        await App
            .Services.GetRequiredService<ConnectionRemoval>()
            .RemoveAsync(_administrator, _connection, new Dictionary<int, RemovalChoice> { [Export] = RemovalChoice.Remove }, Cancel);
        await App.Services.GetRequiredService<SegmentService>().RemoveAsync(_administrator, _segment, Cancel);
        await using var db = await App.OpenAsync();
        foreach (var source in await db.Set<Source>().Select(source => source.Id).ToListAsync(Cancel))
            await App.Services.GetRequiredService<SourceService>().RemoveAsync(_administrator, source, Cancel);
    }

    private IEnumerable<SourceDraft> Unreachable()
    {
        using var rsa = RSA.Create(2048);
        const string Passphrase = "fraza-kljuca-kanarinca";
        var key = rsa.ExportEncryptedPkcs8PrivateKeyPem(
            Passphrase,
            new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1_000)
        );
        Plant("the passphrase of an SFTP key", Passphrase);
        Plant("a line of an SFTP key", key.Split('\n')[3].Trim());
        var account = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes("azurni-kljuc-kanarinca-azurni-kljuc"));
        foreach (
            var (kind, files, secret, passphrase) in new (SourceKind, RemoteFiles, string, string?)[]
            {
                (SourceKind.S3, new() { Endpoint = "http://127.0.0.1:9", UsesPathStyle = true }, "s3-tajna-kanarinca", null),
                (SourceKind.AzureBlob, new() { Endpoint = "http://127.0.0.1:9/account" }, account, null),
                (SourceKind.Sftp, new() { SignIn = RemoteSignIn.Password }, "sftp-lozinka-kanarinca", null),
                (SourceKind.Sftp, new() { SignIn = RemoteSignIn.PrivateKey }, key, Passphrase),
            }
        )
        {
            if (secret != key)
                Plant($"the secret of a store ({kind})", secret);
            yield return new SourceDraft
            {
                Name = $"{kind} that does not answer",
                Kind = kind,
                KeyColumns = ["id"],
                Password = secret,
                Passphrase = passphrase,
                Remote = files with
                {
                    AllowsHttp = true,
                    Container = "container",
                    Region = "eu-west-1",
                    Host = "127.0.0.1",
                    Port = 9,
                    HostKey = "SHA256:" + new string('A', 43),
                    User = "reader",
                },
            };
        }
        foreach (var kind in new[] { SourceKind.PostgreSql, SourceKind.MySql, SourceKind.SqlServer })
        {
            Plant($"the password of a database that does not answer ({kind})", $"lozinka-kanarinca-{kind}");
            yield return new SourceDraft
            {
                Name = $"{kind} that does not answer",
                Kind = kind,
                Host = "127.0.0.1",
                Port = 9,
                Database = "shop",
                User = "reader",
                Password = $"lozinka-kanarinca-{kind}",
                Tls = ServerTls.None,
                Table = "customers",
                KeyColumns = ["id"],
            };
        }
    }

    private async Task<string> TokenAsync(ApiScopes scopes)
    {
        var token = await ApiClient.CreateAsync(App, _administrator, scopes, Role.Administrator);
        Plant($"an API token ({scopes})", token);
        return token;
    }

    private async Task<string> IdOfAsync(Role role) => (await App.ActorAsync(role)).Id;

    private void Plant(string name, string text) => _canaries.Add(new Canary(name, CanaryKind.Secret, text));

    private async Task RefusedAsync(Func<Task> action) =>
        _messages.Add((await Assert.ThrowsAnyAsync<LocalizedException>(action)).ToString());
}
