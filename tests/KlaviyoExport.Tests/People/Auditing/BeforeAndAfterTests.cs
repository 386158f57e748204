using System.Globalization;
using KlaviyoExport.Alerts;
using KlaviyoExport.Alerts.Webhooks;
using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.People.Auditing;

public sealed class BeforeAndAfterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_changed_role_says_both_roles_in_the_language_of_the_reader()
    {
        await using var product = await Product.CreateAsync();

        await product.Get<PeopleService>().ChangeRoleAsync(Product.Administrator, Product.Viewer.Id, Role.Operator, Cancel);

        Assert.Equal("Role: Viewer → Operator", await DetailAsync(product, "People.RoleChanged"));
        Assert.Equal("Улога: Посматрач → Оператер", await DetailAsync(product, "People.RoleChanged", "sr-Cyrl"));
    }

    [Fact]
    public async Task A_new_token_says_its_scopes_in_the_language_of_the_reader()
    {
        await using var product = await Product.CreateAsync();
        var wanted = new NewApiToken("nightly", Role.Viewer, ApiScopes.Read | ApiScopes.PersonalData, Days: 1);

        await product.Get<ApiTokens>().CreateAsync(Product.Administrator, Product.Administrator.Id, wanted, Cancel);

        Assert.Contains("scopes: Read, Personal data;", await DetailAsync(product, "People.TokenCreated"), StringComparison.Ordinal);
        var serbian = await DetailAsync(product, "People.TokenCreated", "sr-Cyrl");
        Assert.Contains("опсези: Читање, Лични подаци;", serbian, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_webhook_says_its_format_as_the_pages_do()
    {
        await using var product = await Product.CreateAsync();
        var webhook = new NewWebhook("Team", "https://hooks.shop.example", WebhookFormat.Teams, Secret: null);

        await product.Get<WebhookService>().AddAsync(Product.Administrator, webhook, Cancel);

        Assert.Equal("To hooks.shop.example, format Microsoft Teams", await DetailAsync(product, "Alerts.WebhookAdded"));
    }

    [Fact]
    public async Task A_changed_export_says_what_changed_and_nothing_else()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync();
        var id = await product.AddExportAsync("Readers", connection, await product.AddCustomersAsync("Customers", Customer.Many(2)));
        var exports = product.Get<ExportService>();
        var draft = (await exports.GetAsync(Product.Administrator, id, Cancel)).Draft;

        await exports.SaveAsync(
            Product.Administrator,
            draft with
            {
                Name = "Subscribers",
                Fields = [new FieldMapping("name", "last_name")],
                SyncMode = SyncMode.Mirror,
                Audience = new Audience { OnlySubscribed = true },
            },
            Cancel
        );

        var detail = await DetailAsync(product, "Exports.Changed");
        Assert.Contains("Name: Readers → Subscribers; ", detail, StringComparison.Ordinal);
        Assert.Contains("name (last_name); ", detail, StringComparison.Ordinal);
        Assert.Contains("→ Mirror; ", detail, StringComparison.Ordinal);
        Assert.EndsWith("Only subscribed: no → yes", detail, StringComparison.Ordinal);
        Assert.DoesNotContain("Segments:", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_segment_names_fields_and_never_the_values_of_conditions()
    {
        await using var product = await Product.CreateAsync();
        var (source, segment) = await product.AddCustomersAsync("Customers", Customer.Many(3));
        var draft = new SegmentDraft
        {
            Id = segment.Id,
            Name = segment.Name,
            SourceId = source.Id,
            Version = segment.Version,
            Definition = Where("email", "ana@shop.example"),
        };

        var saved = await product.Get<SegmentService>().SaveAsync(Product.Contributor, draft, Cancel);
        (draft.Version, draft.Definition) = (saved.Version, Where("email", "vera@shop.example"));
        await product.Get<SegmentService>().SaveAsync(Product.Contributor, draft, Cancel);

        await using var db = await product.OpenAsync();
        var details = (
            await db.Set<AuditEntry>().Where(entry => entry.Action == "Segments.Changed").OrderBy(entry => entry.Id).ToListAsync(Cancel)
        ).ConvertAll(entry => entry.Detail!.ToString());
        Assert.Equal(["Fields in the conditions: none → email; Members: none → 0", "Conditions: changed"], details);
    }

    [Fact]
    public async Task A_changed_schedule_says_both_schedules()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync();
        var id = await product.AddExportAsync("Readers", connection, await product.AddCustomersAsync("Customers", Customer.Many(2)));
        var weekly = new Recurrence
        {
            Kind = RecurrenceKind.Weekly,
            Days = [DayOfWeek.Thursday, DayOfWeek.Monday],
            Times = [new TimeOnly(6, 30)],
            TimeZone = "Europe/Belgrade",
        };

        await product
            .Get<ExportSchedules>()
            .SetAsync(Product.Administrator, [id], new ExportSchedule { IsOn = true, Own = weekly }, null, Cancel);

        Assert.Equal(
            "Schedule: Off → Weekly: Monday, Thursday, at 06:30 (Europe/Belgrade)",
            await DetailAsync(product, "Exports.Scheduled")
        );
        Assert.EndsWith(
            "→ Cada setmana: dilluns, dijous, a les 06:30 (Europe/Belgrade)",
            await DetailAsync(product, "Exports.Scheduled", "ca"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_connection_says_with_whom_it_is_shared_and_never_its_key()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync();
        var changes = new ConnectionChanges
        {
            Id = connection.Id,
            Name = connection.Name,
            Sharing = Sharing.ChosenContributors,
            ChosenContributors = [Product.Contributor.Id],
            ApiKey = PracticeStore.FullKey,
            Version = connection.Version,
        };

        await product.Get<ConnectionService>().SaveAsync(Product.Administrator, changes, Cancel);

        Assert.Equal(
            "Shared with: all contributors → chosen contributors; Contributors: none → Carla",
            await DetailAsync(product, "Connections.Changed")
        );
        await using var db = await product.OpenAsync();
        Assert.All(
            await db.Set<AuditEntry>().ToListAsync(Cancel),
            entry => Assert.DoesNotContain(PracticeStore.FullKey, $"{entry.StoredDetail}", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_settings_of_alerts_say_old_and_new_values()
    {
        await using var product = await Product.CreateAsync();

        await product
            .Get<AlertService>()
            .SaveAsync(Product.Administrator, new AlertSettings { ByMail = false, WarningShare = 7.5 }, Cancel);

        Assert.Equal("By email: yes → no; Rejected profiles, in percent: 5 → 7.5", await DetailAsync(product, "Alerts.SettingsChanged"));
    }

    private static ConditionSegment Where(string field, string value) =>
        new(new ConditionGroup(GroupKind.All, [new Condition(field, Operator.Equal, [value])]));

    private static async Task<string?> DetailAsync(Product product, string action, string language = "en")
    {
        await using var db = await product.OpenAsync();
        return (await db.Set<AuditEntry>().SingleAsync(entry => entry.Action == action, Cancel)).Detail?.In(
            CultureInfo.GetCultureInfo(language)
        );
    }
}
