using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Demo;

/// <summary>
/// Creates the demo data: customers, a source, three segments, a connection and an export that is ready to run. It uses the same services
/// as the pages. Each step is skipped if it is already done, so that the next start completes an interrupted one.
/// </summary>
internal sealed class DemoSeed(
    DemoFiles files,
    IServiceScopeFactory scopes,
    IDbContextFactory<AppDb> stores,
    SourceService sources,
    SegmentService segments,
    ConnectionDrafts drafts,
    KlaviyoSignIns signIns,
    ExportService exports,
    TimeProvider clock
)
{
    public async Task LayOutAsync(CancellationToken cancellationToken)
    {
        if (files.AreComplete)
            return;
        await using var scope = scopes.CreateAsyncScope();
        var administrator = await DemoAccounts.CreateAsync(scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>());
        await WriteCustomersAsync(cancellationToken);
        var source = await SourceAsync(administrator, cancellationToken);
        var readers = await SegmentAsync(
            administrator,
            source,
            "Newsletter readers",
            new Condition("newsletter", Operator.Equal, ["true"]),
            cancellationToken
        );
        await SegmentAsync(
            administrator,
            source,
            "Gold and platinum",
            new Condition("tier", Operator.InList, ["Gold", "Platinum"]),
            cancellationToken
        );
        await SegmentAsync(
            administrator,
            source,
            "Ordered in the last 90 days",
            new Condition("last_order", Operator.InLastDays, ["90"]),
            cancellationToken
        );
        var connection = await ConnectionAsync(administrator, cancellationToken);
        await ExportAsync(administrator, connection, source, readers, cancellationToken);
        files.AreComplete = true;
    }

    private async Task WriteCustomersAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(files.Customers))
            return;
        // Write under another name first, so that an interrupted start does not leave an incomplete file.
        var unfinished = files.Customers + ".part";
        await File.WriteAllLinesAsync(
            unfinished,
            DemoCustomers.Lines(DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)),
            cancellationToken
        );
        File.Move(unfinished, files.Customers);
    }

    private async Task<int> SourceAsync(Actor actor, CancellationToken cancellationToken)
    {
        const string name = "Customers";
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Source>()
                .Where(source => source.Name == name)
                .Select(source => (int?)source.Id)
                .SingleOrDefaultAsync(cancellationToken)
            ?? (
                await sources.SaveAsync(
                    actor,
                    new SourceDraft
                    {
                        Name = name,
                        Kind = SourceKind.Csv,
                        Location = files.Customers,
                        KeyColumns = ["customer_id"],
                    },
                    cancellationToken
                )
            ).Id;
    }

    private async Task<int> SegmentAsync(Actor actor, int source, string name, Condition condition, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        if (
            await db.Set<Segment>()
                .Where(segment => segment.Name == name)
                .Select(segment => (int?)segment.Id)
                .SingleOrDefaultAsync(cancellationToken) is
            { } id
        )
            return id;
        var definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [condition]));
        return (
            await segments.SaveAsync(
                actor,
                new SegmentDraft
                {
                    Name = name,
                    SourceId = source,
                    Definition = definition,
                },
                cancellationToken
            )
        ).Id;
    }

    private async Task<int> ConnectionAsync(Actor actor, CancellationToken cancellationToken)
    {
        const string name = "Practice store";
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Connection>()
                .Where(connection => connection.Name == name)
                .Select(connection => (int?)connection.Id)
                .SingleOrDefaultAsync(cancellationToken)
            ?? await ConnectAsync(actor, name, cancellationToken);
    }

    /// <summary>Sets up the connection with the same steps, in the same order, as the wizard.</summary>
    private async Task<int> ConnectAsync(Actor actor, string name, CancellationToken cancellationToken)
    {
        var draft = await drafts.StartAsync(actor, cancellationToken);
        await drafts.SetNameAsync(actor, draft, name, cancellationToken);
        await drafts.ShareAsync(actor, draft, Sharing.AllContributors, [], cancellationToken);
        await drafts.SetKeyAsync(actor, draft, PracticeStore.FullKey, cancellationToken);
        await drafts.AgreeAsync(actor, draft, agreed: true, cancellationToken);
        await drafts.ConnectAsync(actor, draft, cancellationToken);
        // The sandbox redirects to this address. No request is ever sent to it: its parameters are read from the redirect.
        var callback = new Uri("http://127.0.0.1/connections/klaviyo/callback");
        var (state, code, error) = await DemoPerson.AllowAsync(
            await signIns.BeginForDraftAsync(actor, draft, callback, cancellationToken),
            cancellationToken
        );
        await signIns.CompleteAsync(actor, state, code, error, callback, cancellationToken);
        await drafts.AddExportUserAsync(actor, draft, new FreshSignIn(actor.Id, clock.GetUtcNow()), cancellationToken);
        return await drafts.SaveAsync(actor, draft, cancellationToken);
    }

    private async Task ExportAsync(Actor actor, int connection, int source, int segment, CancellationToken cancellationToken)
    {
        const string name = "Newsletter readers to Klaviyo";
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        if (await db.Set<Export>().AnyAsync(export => export.Name == name, cancellationToken))
            return;
        await exports.SaveAsync(
            actor,
            new ExportDraft
            {
                Name = name,
                ConnectionId = connection,
                ListId = PracticeStore.NewsletterReaders,
                SourceId = source,
                EmailField = "email",
                SegmentIds = [segment],
                Fields =
                [
                    new("first_name", "first_name"),
                    new("last_name", "last_name"),
                    new("phone", "phone_number"),
                    new("city", "location.city"),
                    new("country", "location.country"),
                    new("tier", "properties.Tier"),
                    new("total_spent", "properties.Total spent"),
                    new("last_order", "properties.Last order"),
                ],
            },
            cancellationToken
        );
    }
}
