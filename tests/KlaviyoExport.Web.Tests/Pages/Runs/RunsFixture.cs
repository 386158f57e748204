using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Runs;

/// <summary>
/// The application with two exports: "Readers" on a shared connection, with 31 runs of which run 1 has a rejection; and "Members", which
/// was skipped.
/// </summary>
public sealed class RunsFixture : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private readonly Dictionary<Role, Browser> _browsers = [];

    internal TestApp App { get; private set; } = default!;

    public int ReadersId { get; private set; }

    public async ValueTask InitializeAsync()
    {
        App = await TestApp.StartWithPeopleAsync();
        foreach (var role in Enum.GetValues<Role>())
            _browsers[role] = await App.SignInAsync(role);
        await using var db = await App.OpenAsync();
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
        var readers = ExportOf("Readers");
        db.Set<Export>().Add(readers);
        await db.SaveChangesAsync();
        ReadersId = readers.Id;
        await AddAsync(
            readers,
            RunState.CompletedWithWarnings,
            run =>
                run.Ledger = new Ledger
                {
                    Members = 3,
                    WithoutEmail = 1,
                    Invalid = 1,
                    Prepared = 1,
                    Accepted = 0,
                    Refused = 1,
                }
        );
        for (var number = 0; number < 30; number++)
            await AddAsync(readers, RunState.Successful);
        await AddAsync(ExportOf("Members <of> the club"), RunState.Skipped, run => run.Trigger = RunTrigger.Refresh);

        var secrets = App.Services.GetRequiredService<SecretProtector>();
        db.Set<Rejection>()
            .AddRange(
                new()
                {
                    RunId = 1,
                    Ordinal = 0,
                    ProfileKey = "=1+1",
                    Reason = RejectionReason.WithoutEmail,
                },
                new()
                {
                    RunId = 1,
                    Ordinal = 1,
                    ProfileKey = "C-2",
                    Reason = RejectionReason.InvalidEmail,
                    Email = secrets.ProtectEmail("ana at example"),
                },
                new()
                {
                    RunId = 1,
                    Ordinal = 2,
                    ProfileKey = "C-3",
                    Reason = RejectionReason.Refused,
                    Email = secrets.ProtectEmail("@SUM(A1)@example.com"),
                    Code = "invalid",
                    Detail = "Says \"no\", twice",
                    BatchNumber = 1,
                }
            );
        await db.SaveChangesAsync();

        Export ExportOf(string name) =>
            new()
            {
                Name = name,
                Connection = connection,
                ListId = "Y6nRLr",
                ListName = "Newsletter",
                Source = source,
                EmailField = "email",
                CreatedBy = "Ana",
            };

        async Task AddAsync(Export export, RunState state, Action<Run>? set = null)
        {
            if (export.Id == 0)
            {
                db.Set<Export>().Add(export);
                await db.SaveChangesAsync();
            }
            var run = new Run
            {
                ExportId = export.Id,
                AccountId = "Pract1",
                ListId = "Y6nRLr",
                RequestedBy = "Ana",
                QueuedAt = Now,
                StartedAt = Now,
                FinishedAt = Now.AddSeconds(90),
                State = state,
            };
            set?.Invoke(run);
            db.Set<Run>().Add(run);
            await db.SaveChangesAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var browser in _browsers.Values)
            browser.Dispose();
        await App.DisposeAsync();
    }

    internal Browser BrowserOf(Role role) => _browsers[role];
}
