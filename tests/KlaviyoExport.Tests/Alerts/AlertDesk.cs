using KlaviyoExport.Alerts;
using KlaviyoExport.Alerts.Sending;
using KlaviyoExport.Alerts.Watching;
using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Alerts;

/// <summary>A product with one export of Carla's, whose runs and states a test writes into the store as the other rooms do.</summary>
internal sealed class AlertDesk : IAsyncDisposable
{
    private static readonly Dictionary<string, string?> SilentMail = new()
    {
        // Nothing listens there: the messages stay in the outbox.
        ["Mail:Host"] = "localhost",
        ["Mail:Port"] = "9",
        ["Mail:From"] = "exports@shop.example",
        ["Alerts:PublicAddress"] = "https://exports.shop.example",
    };

    private AlertDesk(Product product, TestClock clock) => (Product, Clock) = (product, clock);

    public Product Product { get; }

    public TestClock Clock { get; }

    public Connection Connection { get; private set; } = default!;

    public int ExportId { get; private set; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<AlertDesk> CreateAsync(
        Dictionary<string, string?>? settings = null,
        Action<Microsoft.Extensions.DependencyInjection.IServiceCollection>? configure = null
    )
    {
        var clock = new TestClock();
        var product = await Product.CreateAsync(clock, settings ?? SilentMail, configure: configure);
        var desk = new AlertDesk(product, clock) { Connection = await product.AddConnectionAsync() };
        await desk.ChangePeopleAsync(user => user.Email = $"{user.Id}@staff.example");
        desk.ExportId = await desk.AddExportAsync("Newsletter");
        await desk.LookAsync();
        return desk;
    }

    public async Task<int> AddExportAsync(string name)
    {
        var id = await Product.AddExportAsync(name, Connection, await Product.AddCustomersAsync(name, Customer.Many(1)));
        await ChangeAsync<Export>(export => export.Id == id, export => export.OwnerId = Product.Contributor.Id);
        return id;
    }

    public Task<int> LookAsync() => Product.Get<AlertWatch>().LookAsync(Cancel);

    public Task<DateTimeOffset?> SendAsync() => Product.Get<OutboxSender>().SendDueAsync(Cancel);

    /// <summary>Looks, lets the window pass, and sends.</summary>
    public async Task LookAndSendAsync()
    {
        await LookAsync();
        Clock.Advance(TimeSpan.FromMinutes(1));
        await SendAsync();
    }

    /// <summary>Adds a run of the export that has ended, or that waits for approval.</summary>
    public async Task<int> AddRunAsync(RunState state, int refused = 0, LocalizedMessage? outcome = null, int? exportId = null)
    {
        await using var db = await Product.OpenAsync();
        var run = new Run
        {
            ExportId = exportId ?? ExportId,
            ActiveExportId = state.IsFinal() ? null : exportId ?? ExportId,
            AccountId = Connection.AccountId,
            ListId = "Y6nRLr",
            RequestedBy = "Ana",
            QueuedAt = Clock.GetUtcNow(),
            FinishedAt = state.IsFinal() ? Clock.GetUtcNow() : null,
            State = state,
            Outcome = outcome ?? new LocalizedMessage("Delivery.NoMembers"),
            Ledger = new Ledger { Prepared = 100, Refused = refused },
        };
        db.Add(run);
        await db.SaveChangesAsync(Cancel);
        return run.Id;
    }

    public async Task ChangeAsync<T>(System.Linq.Expressions.Expression<Func<T, bool>> which, Action<T> change)
        where T : class
    {
        await using var db = await Product.OpenAsync();
        change(await db.Set<T>().SingleAsync(which, Cancel));
        await db.SaveChangesAsync(Cancel);
    }

    public async Task ChangePeopleAsync(Action<AppUser> change)
    {
        await using var db = await Product.OpenAsync();
        foreach (var user in await db.Set<AppUser>().ToListAsync(Cancel))
            change(user);
        await db.SaveChangesAsync(Cancel);
    }

    public async Task SetAsync(Action<AlertSettings> change)
    {
        var settings = await Product.Get<AlertService>().GetAsync(Product.Administrator, Cancel);
        change(settings);
        await Product.Get<AlertService>().SaveAsync(Product.Administrator, settings, Cancel);
    }

    public async Task SetExportAsync(Action<ExportAlerts> change)
    {
        var view = await Product.Get<ExportAlertService>().GetAsync(Product.Administrator, ExportId, Cancel);
        change(view.Settings);
        await Product.Get<ExportAlertService>().SaveAsync(Product.Administrator, view.Settings, Cancel);
    }

    /// <summary>The reasons of all alerts so far.</summary>
    public async Task<IReadOnlyList<AlertReason>> RaisedAsync()
    {
        await using var db = await Product.OpenAsync();
        return await db.Set<RaisedAlert>().OrderBy(alert => alert.Id).Select(alert => alert.Reason).ToListAsync(Cancel);
    }

    /// <summary>The reasons in a person's bell, the oldest first.</summary>
    public async Task<IReadOnlyList<AlertReason>> BellAsync(Actor person) =>
        [.. (await Product.Get<AlertBell>().ListAsync(person, 0, 100, Cancel)).Notices.Select(notice => notice.Alert.Reason).Reverse()];

    /// <summary>The messages of the outbox, with the number of alerts of each.</summary>
    public async Task<IReadOnlyList<OutboxMessage>> OutboxAsync()
    {
        await using var db = await Product.OpenAsync();
        return await db.Set<OutboxMessage>()
            .AsNoTracking()
            .Include(message => message.Alerts)
            .OrderBy(message => message.Id)
            .ToListAsync(Cancel);
    }

    public ValueTask DisposeAsync() => Product.DisposeAsync();
}
