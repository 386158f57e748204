using KlaviyoExport.ConfigurationFiles;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Sandbox.Accounts;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.ConfigurationFiles;

public sealed class ConfigurationSecretTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_never_in_an_exported_file_or_in_a_plan()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        var added = await bench.PlanAsync(bench.Full());
        await bench.AppliedAsync(bench.Full());
        bench.Set(bench.Key, SecondStore.FullKey);

        var changed = await bench.PlanAsync(bench.Full());

        Assert.Equal("key.value", Assert.Single(Assert.Single(changed.Changes).Properties).Path);
        foreach (var text in new[] { Json(added), Json(changed), await bench.ExportAsync() })
            Assert.DoesNotContain("pk_", text, StringComparison.Ordinal);

        static string Json(ConfigurationPlan plan) => System.Text.Json.JsonSerializer.Serialize(plan);
    }

    [Fact]
    public async Task Another_value_of_the_variable_is_stored_after_it_was_checked()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench.AppliedAsync(bench.Full());
        bench.Set(bench.Key, SecondStore.FullKey);

        var refused = Assert.Single((await bench.ApplyAsync(bench.Full())).Changes);

        // The key of another account cannot replace the key of this one.
        Assert.Equal(ChangeOutcome.Failed, refused.Outcome);
        var connection = await bench.FindAsync<Connection>("Practice");
        Assert.Equal(PracticeStore.FullKey, bench.Product.Get<SecretProtector>().UnprotectCredential(connection.ApiKey!));
    }

    [Fact]
    public async Task A_variable_that_is_not_set_is_a_fault_only_where_no_secret_is_stored()
    {
        await using var bench = await ConfigurationBench.CreateAsync(value: null);
        Assert.Equal(
            [$"3:11: The environment variable {bench.Key} is not set on the server. “Practice” needs the secret that it contains."],
            await bench.FaultsAsync(bench.Full())
        );
        bench.Set(bench.Key, PracticeStore.FullKey);
        await bench.AppliedAsync(bench.Full());
        bench.Set(bench.Key, null);

        Assert.Empty((await bench.PlanAsync(bench.Full())).Changes);
        await bench.AppliedAsync(bench.Full().Replace("5000", "6000", StringComparison.Ordinal));

        Assert.Equal(6000, (await bench.FindAsync<Connection>("Practice")).MaxProfilesPerExport);
    }

    [Fact]
    public async Task A_key_that_a_person_entered_is_exported_as_a_variable_named_after_the_connection()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await bench.Product.AddConnectionAsync("Shop 1");
        await bench.Product.AddConnectionAsync("Продавница", accountId: SecondStore.Id, key: SecondStore.FullKey);

        var text = await bench.ExportAsync();

        Assert.Contains("# Must be set where this file is applied: SHOP_1_API_KEY\n", text, StringComparison.Ordinal);
        Assert.Contains("name: Shop 1\n    key: {env: SHOP_1_API_KEY}\n", text, StringComparison.Ordinal);
        Assert.Matches("env: ITEM_[0-9A-F]{8}_API_KEY", text);
        Assert.Empty((await bench.PlanAsync(text)).Changes);
    }

    [Fact]
    public async Task Without_consent_no_connection_is_added()
    {
        await using var bench = await ConfigurationBench.CreateAsync();

        Assert.StartsWith(
            "3:11: Read “Data privacy and compliance”",
            Assert.Single(await bench.FaultsAsync(bench.Full().Replace("    dataPrivacy: I agree\n", "", StringComparison.Ordinal))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Nobody_becomes_export_user_by_the_file_of_another_person()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        var boris = await AdministratorAsync(bench, "boris");
        var file = bench
            .Full()
            .Replace("    dataPrivacy", "    exportUser: boris@company.example\n    dataPrivacy", StringComparison.Ordinal);

        var result = (await bench.ApplyAsync(file)).Changes[0];
        Assert.Equal((ChangeOutcome.Failed, "Connections.OwnExportUserOnly"), (result.Outcome, result.Message?.Code));
        await bench.AppliedAsync(bench.Full());
        Assert.Equal(ChangeOutcome.Failed, Assert.Single((await bench.ApplyAsync(file)).Changes).Outcome);
        Assert.Equal("admin", (await bench.FindAsync<Connection>("Practice")).ExportUserId);

        Assert.True((await bench.ApplyAsync(file, actor: boris)).IsComplete);

        Assert.Equal("boris", (await bench.FindAsync<Connection>("Practice")).ExportUserId);
        Assert.Empty((await bench.PlanAsync(file)).Changes);
    }

    [Fact]
    public async Task The_product_itself_acts_for_the_only_administrator_or_for_the_one_in_the_file()
    {
        await using var bench = await ConfigurationBench.CreateAsync();
        await AdministratorAsync(bench, "boris");
        var named = bench
            .Full()
            .Replace("    dataPrivacy", "    exportUser: Boris@company.example\n    dataPrivacy", StringComparison.Ordinal);

        var unnamed = (await bench.ApplyAsync(bench.Full(), actor: Actor.System)).Changes[0];
        Assert.Equal((ChangeOutcome.Failed, "Connections.NameExportUser"), (unnamed.Outcome, unnamed.Message?.Code));
        Assert.True((await bench.ApplyAsync(named, actor: Actor.System)).IsComplete);
        Assert.Equal("Boris", (await bench.FindAsync<Connection>("Practice")).ConsentBy);

        await using var other = await ConfigurationBench.CreateAsync();
        Assert.True((await other.ApplyAsync(other.Full(), actor: Actor.System)).IsComplete);
        Assert.Equal("admin", (await other.FindAsync<Connection>("Practice")).ExportUserId);
    }

    private static async Task<Actor> AdministratorAsync(ConfigurationBench bench, string id)
    {
        var actor = await bench.Product.AddPersonAsync(id, Role.Administrator);
        await using var db = await bench.Product.OpenAsync();
        await db.Set<AppUser>()
            .Where(user => user.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(user => user.Email, id + "@company.example"), Cancel);
        return actor;
    }
}
