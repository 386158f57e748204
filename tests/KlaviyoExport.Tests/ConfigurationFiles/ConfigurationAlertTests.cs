using KlaviyoExport.Alerts;
using KlaviyoExport.Alerts.Webhooks;
using KlaviyoExport.ConfigurationFiles;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.ConfigurationFiles;

public sealed class ConfigurationAlertTests
{
    private const string Settings = "version: 1\nalerts: { byMail: false }\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_settings_the_webhooks_and_the_alerts_of_an_export_are_set()
    {
        await using var bench = await ConfigurationBench.CreateAsync();

        await bench.AppliedAsync(bench.Full());

        var settings = await bench.Product.Get<AlertService>().GetAsync(Product.Administrator, Cancel);
        Assert.Equal((true, false, 10), (settings.ByMail, settings.ByBell, settings.WarningShare));
        var webhook = await bench.FindAsync<AlertWebhook>("Operations");
        Assert.Equal(("hooks.shop.example", WebhookFormat.Json, true), (webhook.Host, webhook.Format, webhook.IsOn));
        Assert.Equal(("https://hooks.shop.example/", "sixteen characters or more"), Secrets(bench, webhook));
        var export = await AlertsOfExportAsync(bench);
        Assert.Equal((true, 2.5), (export.IsMuted, export.WarningShare));
        Assert.Equal((true, false), (export.TellsAdministrators, export.TellsOwner));
        Assert.Equal(["carla"], export.People);
    }

    [Fact]
    public async Task What_an_export_does_not_say_of_alerts_becomes_as_usual()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench.AppliedAsync(bench.Full());
        var without = string.Join('\n', bench.Full().Split('\n').Where(line => !line.StartsWith("    alerts:", StringComparison.Ordinal)));

        var change = Assert.Single((await bench.PlanAsync(without)).Changes);
        await bench.AppliedAsync(without);

        Assert.Equal(
            ["alerts.muted: true → ", "alerts.warningShare: 2.5 → ", "alerts.owner: false → ", "alerts.people: [carla@company.example] → "],
            change.Properties.Select(property => $"{property.Path}: {property.Old} → {property.New}")
        );
        Assert.True(
            await AlertsOfExportAsync(bench)
                is { IsMuted: false, WarningShare: null, TellsAdministrators: true, TellsOwner: true, People.Count: 0 }
        );
    }

    [Fact]
    public async Task Only_settings_that_differ_are_in_the_plan_and_webhooks_that_the_file_does_not_name_are_left_alone()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench.AppliedAsync(bench.Full());

        var result = Assert.Single((await bench.ApplyAsync(Settings, prune: true)).Changes);

        Assert.Equal(
            (ConfigurationItem.Alerts, ConfigurationChangeKind.Change, ChangeOutcome.Applied),
            (result.Change.Item, result.Change.Kind, result.Outcome)
        );
        Assert.Equal(["byMail", "byBell", "warningShare"], result.Change.Properties.Select(property => property.Path));
        Assert.Equal(1, await bench.CountAsync<AlertWebhook>());
        Assert.Empty((await bench.PlanAsync(Settings)).Changes);
    }

    [Fact]
    public async Task A_webhook_is_removed_only_with_prune()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench.AppliedAsync(bench.Full());
        const string Nothing = "version: 1\nalerts: { byBell: false, warningShare: 10, webhooks: [] }\n";

        Assert.Equal(ChangeOutcome.Kept, Assert.Single((await bench.ApplyAsync(Nothing)).Changes).Outcome);
        Assert.Equal(1, await bench.CountAsync<AlertWebhook>());
        await bench.AppliedAsync(Nothing, prune: true);

        Assert.Equal(0, await bench.CountAsync<AlertWebhook>());
        await using var db = await bench.Product.OpenAsync();
        Assert.False(await db.Set<Setting>().AnyAsync(setting => setting.Name.Contains("Webhook"), Cancel));
    }

    [Fact]
    public async Task A_webhook_is_changed_in_its_place_and_its_secrets_are_never_shown()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench.AppliedAsync(bench.Full());
        var before = await bench.FindAsync<AlertWebhook>("Operations");
        bench.Set(bench.Hook, "https://other.shop.example/T0/s3cret");
        var file = bench.Full().Replace("- name: Operations", "- name: Operations\n      format: slack\n      enabled: false");

        var plan = await bench.PlanAsync(file);
        await bench.AppliedAsync(file);

        Assert.Equal(
            ["format: json → slack", "enabled: true → false", $"url.value: ••• → ••• ({bench.Hook})"],
            Assert.Single(plan.Changes).Properties.Select(property => $"{property.Path}: {property.Old} → {property.New}")
        );
        var after = await bench.FindAsync<AlertWebhook>("Operations");
        Assert.Equal((before.Id, "other.shop.example", WebhookFormat.Slack, false), (after.Id, after.Host, after.Format, after.IsOn));
        Assert.Equal(("https://other.shop.example/T0/s3cret", "sixteen characters or more"), Secrets(bench, after));
        Assert.DoesNotContain("s3cret", await bench.ExportAsync(), StringComparison.Ordinal);
        Assert.Empty((await bench.PlanAsync(file)).Changes);
    }

    [Fact]
    public async Task Variables_that_are_not_set_keep_the_stored_secrets_and_are_a_fault_where_there_are_none()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        bench.Set(bench.Hook, null);
        bench.Set(bench.HookSecret, null);
        Assert.Equal(
            [
                $"The environment variable {bench.Hook} is not set on the server. “Operations” needs the secret that it contains.",
                $"The environment variable {bench.HookSecret} is not set on the server. “Operations” needs the secret that it contains.",
            ],
            (await bench.FaultsAsync(bench.Full())).Select(fault => fault[(fault.IndexOf(": ", StringComparison.Ordinal) + 2)..])
        );
        bench.Set(bench.Hook, "https://hooks.shop.example");
        bench.Set(bench.HookSecret, "sixteen characters or more");
        await bench.AppliedAsync(bench.Full());
        bench.Set(bench.Hook, null);
        bench.Set(bench.HookSecret, null);

        await bench.AppliedAsync(bench.Full().Replace("- name: Operations", "- name: Operations\n      enabled: false"));

        var webhook = await bench.FindAsync<AlertWebhook>("Operations");
        Assert.False(webhook.IsOn);
        Assert.Equal(("https://hooks.shop.example/", "sixteen characters or more"), Secrets(bench, webhook));
    }

    [Fact]
    public async Task Without_its_key_in_the_file_a_webhook_is_not_signed_any_more_which_the_own_format_does_not_permit()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench.AppliedAsync(bench.Full());
        var unsigned = bench.Full().Replace($"      secret: {{ env: {bench.HookSecret} }}\n", "");

        Assert.EndsWith("The key “secret” is missing.", Assert.Single(await bench.FaultsAsync(unsigned)), StringComparison.Ordinal);
        await bench.AppliedAsync(unsigned.Replace("- name: Operations", "- name: Operations\n      format: teams"));

        Assert.Null((await bench.FindAsync<AlertWebhook>("Operations")).Secret);
    }

    [Fact]
    public async Task An_address_that_a_webhook_cannot_have_fails_with_the_reason()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        bench.Set(bench.Hook, "http://hooks.shop.example");

        var result = (await bench.ApplyAsync(bench.Full())).Changes[^1];

        Assert.Equal((ChangeOutcome.Failed, "Alerts.WebhookAddress"), (result.Outcome, result.Message?.Code));
        Assert.Equal(0, await bench.CountAsync<AlertWebhook>());
    }

    [Fact]
    public async Task A_webhook_that_a_person_added_is_exported_with_variables_named_after_it()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench
            .Product.Get<WebhookService>()
            .AddAsync(
                Product.Administrator,
                new NewWebhook("On call", "https://hooks.shop.example/T0/s3cret", WebhookFormat.Json, "sixteen characters"),
                Cancel
            );

        var text = await bench.ExportAsync();

        Assert.Contains("# Must be set where this file is applied: ON_CALL_WEBHOOK_SECRET\n", text, StringComparison.Ordinal);
        Assert.Contains("url: {env: ON_CALL_WEBHOOK_URL}", text, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("sixteen", text, StringComparison.Ordinal);
        Assert.Empty((await bench.PlanAsync(text)).Changes);
    }

    [Fact]
    public async Task A_person_who_is_told_must_exist_and_may_have_any_role()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        var file = bench.Full().Replace("[Carla@company.example]", "[vera@company.example, nobody@company.example, admin@company.example]");

        Assert.EndsWith(
            "Nobody signs in as “nobody@company.example”.",
            Assert.Single(await bench.FaultsAsync(file)),
            StringComparison.Ordinal
        );
        await bench.AppliedAsync(file.Replace(" nobody@company.example,", ""));

        Assert.Equal(["admin", "vera"], (await AlertsOfExportAsync(bench)).People.Order(StringComparer.Ordinal));
    }

    private static (string Url, string? Secret) Secrets(ConfigurationBench bench, AlertWebhook webhook)
    {
        var secrets = bench.Product.Get<SecretProtector>();
        return (secrets.UnprotectCredential(webhook.Url), webhook.Secret is { } secret ? secrets.UnprotectCredential(secret) : null);
    }

    private static async Task<ExportAlerts> AlertsOfExportAsync(ConfigurationBench bench)
    {
        var export = await bench.FindAsync<Export>("Good readers");
        return (await bench.Product.Get<ExportAlertService>().GetAsync(Product.Administrator, export.Id, Cancel)).Settings;
    }
}
