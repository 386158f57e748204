using System.Security.Claims;
using Bunit;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.SignIns;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Components;
using KlaviyoExport.Web.Hosting.Limits;
using KlaviyoExport.Web.Localization;
using KlaviyoExport.Web.Security;
using KlaviyoExport.Web.Tests.Security;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace KlaviyoExport.Web.Tests.Components;

/// <summary>Renders interactive pages with the product's real services and a real store, for a person with a role.</summary>
internal sealed class PageContext : IAsyncDisposable
{
    private readonly TestStore _store;

    private PageContext(TestStore store, UiContext ui, StoreProbe probe) => (_store, Ui, Probe) = (store, ui, probe);

    public UiContext Ui { get; }

    public StoreProbe Probe { get; }

    public TestClock Clock => Ui.Clock;

    /// <param name="role">Of the person who looks at the pages.</param>
    /// <param name="sandbox">The Klaviyo the services talk to, where a test needs one.</param>
    public static async Task<PageContext> CreateAsync(
        Role role,
        SandboxServer? sandbox = null,
        Dictionary<string, string?>? settings = null
    )
    {
        // The client's rate limits use the clock; with a fixed clock the client would wait forever.
        var ui = new UiContext(clock: sandbox is null ? null : TimeProvider.System);
        var probe = new StoreProbe();
        var store = await TestStore.CreateAsync(probe.AddTo, ui.Clock);
        var user = new AppUser
        {
            UserName = "a@example.com",
            DisplayName = "Ana",
            Role = role,
            SecurityStamp = "s",
        };
        await using (var db = await store.OpenAsync())
        {
            db.Set<AppUser>().Add(user);
            db.Add(
                new Session
                {
                    Id = "session",
                    UserId = user.Id,
                    Stamp = "s",
                    Way = SignInWay.Password,
                    // The clock of a test may go far.
                    LastSeenAt = ui.Clock.GetUtcNow().AddYears(10),
                    ProvenAt = ui.Clock.GetUtcNow().AddYears(10),
                }
            );
            await db.SaveChangesAsync();
        }

        ui.Services.AddSingleton(store.Get<IDbContextFactory<AppDb>>());
        ui.Services.AddSingleton(store.Get<SecretProtector>());
        ui.Services.AddSingleton(store.Get<Microsoft.Extensions.Options.IOptions<KlaviyoExport.Data.StoreOptions>>());
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?> { ["Klaviyo:BaseUrl"] = sandbox?.BaseAddress.ToString() ?? "http://127.0.0.1:9" }
            )
            .AddInMemoryCollection(settings)
            .Build();
        ui.Services.AddSingleton<IConfiguration>(configuration);
        ui.Services.AddPeopleServices();
        ui.Services.AddProduct(configuration);
        ui.Services.AddRadzenComponents();
        ui.Services.AddUi();
        ui.Services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section);
        ui.Services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        ui.JSInterop.Mode = JSRuntimeMode.Loose;
        ui.Services.AddSingleton<General>();
        ui.Services.AddSingleton<AuthenticationStateProvider>(
            new OpenPage(
                new ClaimsPrincipal(
                    new ClaimsIdentity(
                        [
                            new Claim(ClaimTypes.NameIdentifier, user.Id),
                            new Claim(new ClaimsIdentityOptions().SecurityStampClaimType, "s"),
                            SessionClaim.For("session"),
                        ],
                        "test"
                    )
                )
            )
        );
        ui.Services.AddScoped<CurrentActor>();
        ui.SetRendererInfo(new Microsoft.AspNetCore.Components.RendererInfo("Server", isInteractive: true));
        return new PageContext(store, ui, probe);
    }

    public Task<AppDb> OpenAsync() => _store.OpenAsync();

    /// <summary>Advances the clock until the change feed has polled and the page has read the changes.</summary>
    public async Task TurnAsync(TimeSpan by)
    {
        await UntilAsync(() => Clock.WaitingTimers > 0);
        Clock.Advance(by);
        await UntilAsync(() => Clock.WaitingTimers == 2);
        Clock.Advance(LiveUpdates.Gathering);
        await UntilAsync(() => Clock.WaitingTimers == 1);
    }

    /// <param name="step">Done between two looks: moves a clock, say.</param>
    public static async Task UntilAsync(Func<bool> condition, Action? step = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Xunit.TestContext.Current.CancellationToken);
        patience.CancelAfter(BunitContext.DefaultWaitTimeout);
        while (!condition())
        {
            step?.Invoke();
            await Task.Delay(5, patience.Token);
        }
    }

    /// <summary>Answers the next confirmation of the page.</summary>
    public void Answer(bool yes)
    {
        var dialogs = Ui.Services.GetRequiredService<DialogService>();
        dialogs.OnOpen += (_, _, _, _) => dialogs.Close(yes);
    }

    /// <summary>Gives the same answer to every confirmation of the page.</summary>
    /// <returns>The confirmations so far; <see cref="TextOf"/> reads their texts.</returns>
    public IReadOnlyList<ConfirmOptions> Questions(bool yes)
    {
        var asked = new List<ConfirmOptions>();
        var dialogs = Ui.Services.GetRequiredService<DialogService>();
        dialogs.OnOpen += (_, _, _, options) =>
        {
            asked.Add((ConfirmOptions)options);
            dialogs.Close(yes);
        };
        return asked;
    }

    public string TextOf(ConfirmOptions question) =>
        Ui.Render(question.ChildContent!(Ui.Services.GetRequiredService<DialogService>())).Markup;

    /// <summary>Adds an export and a run of it.</summary>
    public async Task<Run> AddRunAsync(Action<Run> set)
    {
        await using var db = await OpenAsync();
        var source = new Source
        {
            Name = "Customers",
            Location = "/x.csv",
            KeyColumns = ["id"],
            CreatedBy = "Ana",
        };
        var connection = new Connection
        {
            Name = "Shop",
            AccountId = "Pract1",
            AccountName = "Practice",
            ApiKey = [],
            ApiKeyEnding = "",
            ConsentBy = "Ana",
            CreatedBy = "Ana",
            Sharing = Sharing.AllContributors,
        };
        var export = new Export
        {
            Name = "Readers",
            Connection = connection,
            ListId = "Y6nRLr",
            ListName = "Newsletter",
            Source = source,
            EmailField = "email",
            CreatedBy = "Ana",
        };
        db.Set<Export>().Add(export);
        await db.SaveChangesAsync();
        var run = new Run
        {
            ExportId = export.Id,
            ActiveExportId = export.Id,
            AccountId = "Pract1",
            ListId = "Y6nRLr",
            RequestedBy = "Ana",
            QueuedAt = Clock.GetUtcNow(),
        };
        set(run);
        db.Set<Run>().Add(run);
        await db.SaveChangesAsync();
        return run;
    }

    /// <summary>Changes the run as the delivery would.</summary>
    public async Task ChangeAsync(int runId, Action<Run> change)
    {
        await using var db = await OpenAsync();
        change(await db.Set<Run>().SingleAsync(run => run.Id == runId));
        await db.SaveChangesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Ui.DisposeAsync();
        await _store.DisposeAsync();
    }
}
