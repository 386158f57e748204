using KlaviyoExport.Alerts;
using KlaviyoExport.Alerts.Watching;
using KlaviyoExport.Connections;
using KlaviyoExport.Runs;
using KlaviyoExport.Secrets;
using KlaviyoExport.Tests.Delivery;
using KlaviyoExport.Tests.Secrets;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Alerts;

/// <summary>What real runs store, and what is told about it.</summary>
[Collection(nameof(TestKeyVault))]
public sealed class LastingFaultTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_whose_key_vault_secret_is_missing_is_told_with_its_connection()
    {
        await using var vault = await TestKeyVault.StartAsync();
        await using var product = await Product.CreateAsync(settings: new() { ["KeyVault:Uri"] = vault.Uri }, configure: vault.Configure);
        var export = await AddExportAsync(product, keyVaultSecret: "not-there");
        await product.Get<AlertWatch>().LookAsync(Cancel);

        await product.RunAsync(export);
        await product.Get<AlertWatch>().LookAsync(Cancel);

        Assert.Equal([AlertReason.RunFailed, AlertReason.KeyVaultUnreadable], await RaisedAsync(product));
    }

    [Fact]
    public async Task A_run_that_is_retried_tells_nobody_until_its_retries_are_spent()
    {
        await using var vault = await TestKeyVault.StartAsync();
        await using var product = await Product.CreateAsync(
            settings: new() { ["KeyVault:Uri"] = vault.Uri, ["Delivery:RetryAfter:0"] = "00:00:01" },
            configure: vault.Configure
        );
        var export = await AddExportAsync(product, keyVaultSecret: "klaviyo-key");
        vault.Fault = 501;
        await product.Get<AlertWatch>().LookAsync(Cancel);
        var run = await product.RunAsync(export);
        await product.Get<AlertWatch>().LookAsync(Cancel);
        Assert.Equal(RunState.FailedRetrying, run.State);
        Assert.Empty(await RaisedAsync(product));

        while (run.State == RunState.FailedRetrying)
        {
            await product.Get<KlaviyoExport.Delivery.RunExecution>().RunAsync(run.Id, Cancel);
            run = await product.FindRunAsync(run.Id);
        }
        await product.Get<AlertWatch>().LookAsync(Cancel);

        Assert.Equal([AlertReason.RunFailed, AlertReason.KeyVaultUnreadable], await RaisedAsync(product));
    }

    private static async Task<int> AddExportAsync(Product product, string keyVaultSecret)
    {
        var connection = await product.AddConnectionAsync();
        await using (var db = await product.OpenAsync())
            await db.Set<Connection>()
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(row => row.ApiKey, (byte[]?)null)
                            .SetProperty(row => row.KeyFrom, SecretPlace.InKeyVault(keyVaultSecret)),
                    Cancel
                );
        return await product.AddExportAsync("Export", connection, await product.AddCustomersAsync("customers", Customer.Many(2)));
    }

    private static async Task<IReadOnlyList<AlertReason>> RaisedAsync(Product product)
    {
        await using var db = await product.OpenAsync();
        return await db.Set<RaisedAlert>().OrderBy(alert => alert.Id).Select(alert => alert.Reason).ToListAsync(Cancel);
    }
}
