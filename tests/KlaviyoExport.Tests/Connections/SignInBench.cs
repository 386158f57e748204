using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.People;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Connections;

/// <summary>A product with an OAuth app, and people who sign in on the sandbox's page and return.</summary>
internal sealed class SignInBench : IAsyncDisposable
{
    public static readonly Uri Callback = new("http://localhost:5080/connections/klaviyo/callback");

    private SignInBench(Product product, TestClock clock) => (Product, Clock) = (product, clock);

    public Product Product { get; }

    public TestClock Clock { get; }

    public SandboxServer Sandbox => Product.Sandbox;

    public KlaviyoSignIns SignIns => Product.Get<KlaviyoSignIns>();

    public int Refreshes => Sandbox.State.Requests.Count(request => request.Path == "/oauth/token") - Exchanges;

    private int Exchanges { get; set; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Uses a clock that only the test moves.</summary>
    public static async Task<SignInBench> CreateAsync(Dictionary<string, string?>? settings = null)
    {
        var clock = new TestClock();
        var options = new SandboxOptions
        {
            Url = "http://127.0.0.1:0",
            Clock = clock,
            RememberedRequests = 1_000,
        };
        return new SignInBench(await Product.CreateAsync(clock, settings, options, hasApp: true, logs: new LogCapture()), clock);
    }

    /// <summary>A draft whose key was checked.</summary>
    public async Task<int> AddDraftAsync(
        Actor? owner = null,
        string account = PracticeStore.Id,
        bool isChecked = true,
        IReadOnlyList<string>? missing = null
    )
    {
        await using var db = await Product.OpenAsync();
        var draft = new ConnectionDraft
        {
            OwnerId = (owner ?? Product.Administrator).Id,
            StartedAt = Clock.GetUtcNow(),
            ChangedAt = Clock.GetUtcNow(),
            Name = "Shop",
            Check = isChecked ? new AccountCheck(account, "Practice Store", "Europe/Belgrade", true, missing ?? []) : null,
        };
        db.Add(draft);
        await db.SaveChangesAsync(Cancel);
        return draft.Id;
    }

    /// <summary>A connection that a person has signed in for.</summary>
    public async Task<Connection> AddSignedInAsync(string name = "Practice")
    {
        var connection = await Product.AddConnectionAsync(name);
        await SignInAsync(connection.Id);
        return await FindConnectionAsync(connection.Id);
    }

    public async Task SignInAsync(int connectionId)
    {
        var page = await SignIns.BeginForConnectionAsync(Product.Administrator, connectionId, Callback, Cancel);
        await ReturnAsync(await SandboxPerson.DecideAsync(page));
    }

    public async Task<SignInReturn> ReturnAsync(Decision decision, Actor? actor = null)
    {
        var asked = Sandbox.State.Requests.Count(request => request.Path == "/oauth/token");
        var back = await SignIns.CompleteAsync(
            actor ?? Product.Administrator,
            decision.State,
            decision.Code,
            decision.Error,
            Callback,
            Cancel
        );
        Exchanges += Sandbox.State.Requests.Count(request => request.Path == "/oauth/token") - asked;
        // The account can be read once a second.
        Clock.Advance(TimeSpan.FromSeconds(2));
        return back;
    }

    public async Task<Connection> FindConnectionAsync(int id)
    {
        await using var db = await Product.OpenAsync();
        return await db.Set<Connection>().AsNoTracking().SingleAsync(connection => connection.Id == id, Cancel);
    }

    public async Task<ConnectionDraft> FindDraftAsync(int id)
    {
        await using var db = await Product.OpenAsync();
        return await db.Set<ConnectionDraft>().AsNoTracking().SingleAsync(draft => draft.Id == id, Cancel);
    }

    public async Task<KlaviyoSignIn> LastSignInAsync()
    {
        await using var db = await Product.OpenAsync();
        return await db.Set<KlaviyoSignIn>().AsNoTracking().OrderByDescending(signIn => signIn.Id).FirstAsync(Cancel);
    }

    public Grant Open(byte[]? grant) => Grant.Open(grant!, Product.Get<SecretProtector>());

    /// <summary>Whether the sandbox still knows an access token.</summary>
    public async Task<bool> WorksAsync(string accessToken)
    {
        var answer = await Product
            .Get<KlaviyoClient>()
            .GetListAsync(KlaviyoCredential.FromAccessToken(accessToken), PracticeStore.Newsletter, withProfileCount: false, Cancel);
        Assert.True(answer.Succeeded || answer.Refusal.Kind == KlaviyoRefusalKind.InvalidKey);
        return answer.Succeeded;
    }

    public async Task<int> CountListsAsync(Connection connection)
    {
        var count = 0;
        await foreach (var _ in Product.Get<KlaviyoClient>().GetListsAsync(Product.Get<ConnectionCredentials>().Of(connection), Cancel))
            count++;
        return count;
    }

    public ValueTask DisposeAsync() => Product.DisposeAsync();
}
