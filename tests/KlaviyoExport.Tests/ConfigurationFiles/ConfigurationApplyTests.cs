using KlaviyoExport.ConfigurationFiles;
using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.ConfigurationFiles;

public class ConfigurationApplyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_file_in_the_documentation_sets_up_an_export_from_nothing_whose_run_is_successful()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        var example = DocumentedFiles
            .All()[0]
            .Replace("/srv/customers/customers.csv", bench.CustomersFile, StringComparison.Ordinal)
            .Replace("KLAVIYO_API_KEY", bench.Key, StringComparison.Ordinal);

        await bench.AppliedAsync(example);

        var export = await bench.FindAsync<Export>("Newsletter readers to Klaviyo");
        var run = await bench.Product.RunAsync(export.Id);
        Assert.Equal((RunState.Successful, 2), (run.State, run.Ledger.Accepted));
        Assert.Equal(
            ["ana@shop.example", "boris@shop.example"],
            bench.Product.Sandbox.State.Members(PracticeStore.NewsletterReaders).Select(member => member.Email!).Order()
        );
    }

    [Fact]
    public async Task Everything_in_a_file_is_set()
    {
        await using var bench = await ConfigurationBench.CreateAsync();

        await bench.AppliedAsync(bench.Full(mode: "mirror"));

        var connection = await bench.FindAsync<Connection>("Practice");
        Assert.Equal(
            (Sharing.ChosenContributors, 5000, "admin"),
            (connection.Sharing, connection.MaxProfilesPerExport, connection.ExportUserId)
        );
        Assert.Equal(("Ana", "Ana", "ll01"), (connection.ConsentBy, connection.ExportUserName, connection.ApiKeyEnding));
        Assert.Equal(4, (await bench.FindAsync<Source>("Customers")).RowCount);
        Assert.Equal(2, (await bench.FindAsync<Segment>("All good")).MemberCount);
        var export = await bench.FindAsync<Export>("Good readers");
        Assert.Equal((SyncMode.Mirror, "Newsletter", true), (export.SyncMode, export.ListName, export.Audience.LeaveOutSuppressed));
        Assert.True(Assert.Single(export.Fields) is { Field: "first_name", Attribute: "first_name", IsRequired: true, Trims: true });
        Assert.True(export.Schedule is { IsOn: true, Own: { Kind: RecurrenceKind.Weekly, TimeZone: "Europe/Belgrade" } });
        Assert.NotNull(export.NextRunAt);
        var plan = await bench.Product.Get<RefreshService>().GetPlanAsync(Product.Administrator, Cancel);
        Assert.True(plan is { IsOn: true, NextAt: not null });
        Assert.Equal([new TimeOnly(3, 0)], plan.Recurrence.Times);
    }

    [Fact]
    public async Task A_second_plan_is_empty_and_a_second_apply_changes_nothing()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench.AppliedAsync(bench.Full());
        var audit = await bench.CountAsync<AuditEntry>();

        Assert.Empty((await bench.PlanAsync(bench.Full())).Changes);
        Assert.Empty((await bench.ApplyAsync(bench.Full(), prune: true)).Changes);

        Assert.Equal(audit, await bench.CountAsync<AuditEntry>());
    }

    [Fact]
    public async Task A_plan_names_each_property_and_changes_nothing()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench.AppliedAsync(bench.Full());

        var plan = await bench.PlanAsync(
            bench.Full(mode: "mirror", tier: "Gold, Silver").Replace("07:30", "08:00", StringComparison.Ordinal)
        );

        Assert.Equal(
            [
                "Segment All good conditions.all: [{memberOf: Readers}, {field: tier, inList: [Gold]}] → "
                    + "[{memberOf: Readers}, {field: tier, inList: [Gold, Silver]}]",
                "Export Good readers mode: full → mirror",
                "Export Good readers schedule.times: ['07:30'] → ['08:00']",
            ],
            from change in plan.Changes
            from property in change.Properties
            select $"{change.Item} {change.Name} {property.Path}: {property.Old} → {property.New}"
        );
        Assert.All(plan.Changes, change => Assert.Equal(ConfigurationChangeKind.Change, change.Kind));
        Assert.Equal(SyncMode.Full, (await bench.FindAsync<Export>("Good readers")).SyncMode);
    }

    [Fact]
    public async Task A_section_that_the_file_does_not_have_is_left_alone()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench.AppliedAsync(bench.Full());

        Assert.Empty((await bench.ApplyAsync("version: 1\n", prune: true)).Changes);

        Assert.Equal(1, await bench.CountAsync<Export>());
    }

    [Fact]
    public async Task Without_prune_nothing_is_removed_and_the_plan_says_what_would_be_lost()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench.AppliedAsync(bench.Full());
        await bench.Product.RunAsync((await bench.FindAsync<Export>("Good readers")).Id);
        const string Nothing = "version: 1\nconnections: []\nsources: []\nsegments: []\nexports: []\n";

        var kept = await bench.ApplyAsync(Nothing);

        Assert.Equal(["Good readers", "All good", "Readers", "Customers", "Practice"], kept.Changes.Select(result => result.Change.Name));
        Assert.All(kept.Changes, result => Assert.Equal(ChangeOutcome.Kept, result.Outcome));
        Assert.Equal(new ConfigurationLoss(1, 1, 1), kept.Changes[0].Change.Loss);
        Assert.Contains("1 run, 1 rejection, 1 delivered person", kept.Changes[0].Text, StringComparison.Ordinal);
        Assert.True(kept.IsComplete);
        Assert.Equal((1, 1, 2), (await bench.CountAsync<Export>(), await bench.CountAsync<Source>(), await bench.CountAsync<Segment>()));

        await bench.AppliedAsync(Nothing, prune: true);

        Assert.Equal(0, await bench.CountAsync<Export>() + await bench.CountAsync<Source>() + await bench.CountAsync<Segment>());
        Assert.Equal(0, await bench.CountAsync<Connection>() + await bench.CountAsync<Run>());
    }

    [Fact]
    public async Task What_an_export_outside_of_the_file_uses_is_not_removed()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench.AppliedAsync(bench.Full());

        var result = Assert.Single((await bench.ApplyAsync("version: 1\nconnections: []\n", prune: true)).Changes);

        Assert.Equal(ChangeOutcome.Failed, result.Outcome);
        Assert.Contains("Good readers", result.Text, StringComparison.Ordinal);
        Assert.Equal(1, await bench.CountAsync<Connection>());
    }

    [Fact]
    public async Task An_export_that_has_delivered_somebody_is_sent_to_another_list_only_with_prune()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench.AppliedAsync(bench.Full());
        await bench.Product.RunAsync((await bench.FindAsync<Export>("Good readers")).Id);
        var elsewhere = bench.Full(list: PracticeStore.WinBack, tier: "Silver");

        var refused = await bench.ApplyAsync(elsewhere);

        Assert.Equal([ChangeOutcome.Applied, ChangeOutcome.Refused], refused.Changes.Select(result => result.Outcome));
        Assert.Equal(new ConfigurationLoss(0, 0, 1), refused.Changes[1].Change.Loss);
        Assert.False(refused.IsComplete);
        Assert.Equal(PracticeStore.Newsletter, (await bench.FindAsync<Export>("Good readers")).ListId);
        await bench.AppliedAsync(elsewhere, prune: true);
        Assert.Equal(PracticeStore.WinBack, (await bench.FindAsync<Export>("Good readers")).ListId);
    }

    [Fact]
    public async Task After_a_change_that_fails_the_next_apply_goes_on()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        var wrong = bench.Full(list: "NoList");

        var failed = await bench.ApplyAsync(wrong);

        Assert.Equal(
            [
                ("Practice", ChangeOutcome.Applied),
                ("Customers", ChangeOutcome.Applied),
                ("Readers", ChangeOutcome.Applied),
                ("All good", ChangeOutcome.Applied),
                ("Good readers", ChangeOutcome.Failed),
                ("", ChangeOutcome.NotReached),
                ("", ChangeOutcome.NotReached),
                ("Operations", ChangeOutcome.NotReached),
            ],
            failed.Changes.Select(result => (result.Change.Name, result.Outcome))
        );
        Assert.Contains("NoList", failed.Changes[4].Text, StringComparison.Ordinal);
        Assert.Contains(
            "\"Outcome\":\"NotReached\",\"Text\":\"An earlier change failed.",
            System.Text.Json.JsonSerializer.Serialize(failed),
            StringComparison.Ordinal
        );
        Assert.False(failed.IsComplete);
        await bench.AppliedAsync(bench.Full());
        Assert.Empty((await bench.PlanAsync(bench.Full())).Changes);
    }

    [Fact]
    public async Task An_apply_can_demand_the_state_of_the_plan()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        var plan = await bench.PlanAsync(bench.Full());
        var other = await bench.ApplyAsync("version: 1\nsystemRefresh: { enabled: true, times: ['05:00'] }\n");
        Assert.NotEqual(plan.State, other.State);

        await Assert.ThrowsAsync<ConfigurationChangedException>(() => bench.ApplyAsync(bench.Full(), state: plan.State));

        Assert.Equal(0, await bench.CountAsync<Source>());
        Assert.True((await bench.ApplyAsync(bench.Full(), state: other.State)).IsComplete);
    }

    [Fact]
    public async Task The_audit_names_the_person_each_change_and_the_file()
    {
        await using var bench = await ConfigurationBench.CreateAsync();

        await bench.AppliedAsync(bench.Full());

        await using var db = await bench.Product.OpenAsync();
        var entries = await db.Set<AuditEntry>().AsNoTracking().OrderBy(entry => entry.Id).ToListAsync(Cancel);
        Assert.Equal(
            [
                "Connections.Agreed",
                "Connections.Added",
                "Sources.Added",
                "Segments.Added",
                "Segments.Added",
                "Exports.Added",
                "Exports.Scheduled",
                "Alerts.ExportChanged",
                "System.RefreshPlanned",
                "Alerts.SettingsChanged",
                "Alerts.WebhookAdded",
                "Configuration.Applied",
            ],
            entries.Select(entry => entry.Action)
        );
        Assert.All(entries, entry => Assert.Equal("Ana", entry.ActorName));
        Assert.Equal("By configuration file, Klaviyo account Pract1", entries[1].Detail?.ToString());
        Assert.Equal("8 of 8 changes", entries[^1].Detail?.ToString());
    }

    [Fact]
    public async Task A_file_cannot_change_the_kind_of_a_source()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench.AppliedAsync(bench.Full());

        var fault = Assert.Single(
            await bench.FaultsAsync(
                bench.Full().Replace("kind: file", "kind: sqlite", StringComparison.Ordinal).Replace("customer_id", "id\n    table: people")
            )
        );

        Assert.StartsWith("10:11: ", fault, StringComparison.Ordinal);
    }
}
