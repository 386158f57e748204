using KlaviyoExport.Connections;
using KlaviyoExport.People;
using KlaviyoExport.Sandbox.Accounts;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Connections;

/// <summary>A product, and the steps of the wizard as an administrator takes them.</summary>
internal sealed class DraftDesk : IAsyncDisposable
{
    private static readonly Uri Callback = new("http://localhost/connections/klaviyo/callback");

    private DraftDesk(Product product, ShiftedClock clock) => (Product, Clock) = (product, clock);

    public Product Product { get; }

    public ShiftedClock Clock { get; }

    public ConnectionDrafts Drafts => Product.Get<ConnectionDrafts>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="hasApp">Whether accounts are confirmed by signing in to the sandbox.</param>
    public static async Task<DraftDesk> CreateAsync(bool hasApp = false)
    {
        var clock = new ShiftedClock();
        return new DraftDesk(await Product.CreateAsync(clock, hasApp: hasApp, logs: hasApp ? new LogCapture() : null), clock);
    }

    /// <summary>Creates a draft with all steps done except the given ones.</summary>
    public async Task<int> FillInAsync(
        string name = "Shop",
        string key = PracticeStore.FullKey,
        Actor? actor = null,
        params WizardStep[] without
    )
    {
        var who = actor ?? Product.Administrator;
        var id = await Drafts.StartAsync(who, Cancel);
        if (!without.Contains(WizardStep.Name))
            await Drafts.SetNameAsync(who, id, name, Cancel);
        if (!without.Contains(WizardStep.Key))
            await Drafts.SetKeyAsync(who, id, key, Cancel);
        if (!without.Contains(WizardStep.Consent))
            await Drafts.AgreeAsync(who, id, agreed: true, Cancel);
        if (!without.Contains(WizardStep.Connect))
            await Drafts.ConnectAsync(who, id, Cancel);
        if (!without.Contains(WizardStep.Authenticate))
            await AuthenticateAsync(who, id);
        if (!without.Contains(WizardStep.ExportUser))
            await Drafts.AddExportUserAsync(who, id, new FreshSignIn(who.Id, Clock.GetUtcNow()), Cancel);
        return id;
    }

    public async Task AuthenticateAsync(Actor who, int id)
    {
        if (!(await Drafts.GetAsync(who, id, Cancel)).OAuthConfigured)
        {
            await Drafts.ConfirmAccountAsync(who, id, Cancel);
            return;
        }
        var signIns = Product.Get<KlaviyoSignIns>();
        var back = await SandboxPerson.DecideAsync(await signIns.BeginForDraftAsync(who, id, Callback, Cancel));
        await signIns.CompleteAsync(who, back.State, back.Code, back.Error, Callback, Cancel);
    }

    public Task<DraftView> GetAsync(int id) => Drafts.GetAsync(Product.Administrator, id, Cancel);

    public Task<int> SaveAsync(int id) => Drafts.SaveAsync(Product.Administrator, id, Cancel);

    /// <summary>The message of a refusal.</summary>
    public static async Task<LocalizedMessage> RefusalAsync(Func<Task> step) =>
        (await Assert.ThrowsAnyAsync<LocalizedException>(step)).LocalizedMessage;

    public async Task<ConnectionDraft?> FindAsync(int id)
    {
        await using var db = await Product.OpenAsync();
        return await db.Set<ConnectionDraft>().AsNoTracking().SingleOrDefaultAsync(draft => draft.Id == id, Cancel);
    }

    public async Task<Connection> FindConnectionAsync(int id)
    {
        await using var db = await Product.OpenAsync();
        return await db.Set<Connection>()
            .AsNoTracking()
            .Include(connection => connection.Shares)
            .SingleAsync(connection => connection.Id == id, Cancel);
    }

    public ValueTask DisposeAsync() => Product.DisposeAsync();
}
