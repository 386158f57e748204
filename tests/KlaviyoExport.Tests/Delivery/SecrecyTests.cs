using System.Text;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Delivery;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Sandbox.OAuth;
using KlaviyoExport.Tests.Connections;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>
/// No key, token or address is in clear text in anything the product writes, at any time in the life of a connection and its runs.
/// </summary>
public sealed class SecrecyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact, Trait(Needs.Trait, Needs.Time)]
    public async Task No_key_token_or_address_is_in_clear_text_in_the_store_data_directory_or_logs()
    {
        await using var desk = await DraftDesk.CreateAsync(hasApp: true);
        var product = desk.Product;
        // While the store is open, the last writes are in its write-ahead log.
        await using var holder = await product.OpenAsync();
        await holder.Database.OpenConnectionAsync(Cancel);
        List<string> secrets =
        [
            PracticeStore.FullKey,
            PracticeStore.NoListsWriteKey,
            PracticeStore.ReadOnlyKey,
            SecondStore.FullKey,
            SandboxApp.ClientSecret,
            "@shop.example",
            "@async-fail",
            "broken at shop",
        ];

        // The wizard, with a key that fails first.
        var draft = await desk.FillInAsync(without: [WizardStep.Connect, WizardStep.Authenticate, WizardStep.ExportUser]);
        product.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 401, Times = 1 });
        await DraftDesk.RefusalAsync(() => desk.Drafts.ConnectAsync(Product.Administrator, draft, Cancel));
        await desk.Drafts.ConnectAsync(Product.Administrator, draft, Cancel);
        await desk.AuthenticateAsync(Product.Administrator, draft);
        secrets.AddRange(TokensIn((await desk.FindAsync(draft))!.Grant, product));
        await desk.Drafts.AddExportUserAsync(
            Product.Administrator,
            draft,
            new FreshSignIn(Product.Administrator.Id, desk.Clock.GetUtcNow()),
            Cancel
        );
        AssertNothingInClear(product, secrets);
        var connection = await desk.FindConnectionAsync(await desk.SaveAsync(draft));

        // A run that fails in the middle and resumes, and one that removes people from the list.
        Customer[] customers =
        [
            .. Customer.Many(20),
            new("x1", "late@async-fail.example", "Late"),
            new("x2", "broken at shop.example", "Broken"),
            new("x3", "C1@SHOP.example", "Twice"),
        ];
        var export = await product.AddExportAsync(
            "Newsletter",
            connection,
            await product.AddCustomersAsync("Customers", customers),
            mode: SyncMode.Mirror
        );
        product.Sandbox.Faults.Add(
            new Fault(FaultKind.WrongPointers)
            {
                Call = "bulk_import_profiles",
                Times = 1,
                PointsAt = "/data/attributes/profiles/data/3/attributes/email",
            }
        );
        product.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 503, Call = "get_bulk_import_profiles_job" });
        var open = await product.RunAsync(export);
        Assert.Equal(RunState.FailedRetrying, open.State);
        await using (var db = await product.OpenAsync())
            Assert.NotEmpty(await db.Set<BatchPayload>().ToListAsync(Cancel));
        AssertNothingInClear(product, secrets);
        product.Sandbox.Faults.Clear();
        await product.Get<RunExecution>().RunAsync(open.Id, Cancel);
        Assert.Equal(RunState.CompletedWithWarnings, (await product.FindRunAsync(open.Id)).State);
        await Customer.WriteAsync(Path.Combine(product.Directory, "Customers.db"), customers.Skip(5));
        Assert.True((await product.RunAsync(export)).Ledger.Removed > 0);

        // Refreshed tokens, a key that is refused, one that is accepted.
        desk.Clock.Shift += TimeSpan.FromHours(2);
        await product.Get<AccountLists>().AllAsync(Product.Administrator, connection.Id, Cancel);
        connection = await desk.FindConnectionAsync(connection.Id);
        Assert.Empty(TokensIn(connection.Grant, product).Intersect(secrets));
        secrets.AddRange(TokensIn(connection.Grant, product));
        var service = product.Get<ConnectionRemoval>();
        foreach (var key in new[] { PracticeStore.ReadOnlyKey, SecondStore.FullKey })
            await DraftDesk.RefusalAsync(() =>
                product
                    .Get<ConnectionService>()
                    .SaveAsync(
                        Product.Administrator,
                        new ConnectionChanges
                        {
                            Id = connection.Id,
                            Name = "Shop",
                            ApiKey = key,
                            Version = connection.Version,
                        },
                        Cancel
                    )
            );
        await product
            .Get<ConnectionService>()
            .SaveAsync(
                Product.Administrator,
                new ConnectionChanges
                {
                    Id = connection.Id,
                    Name = "Shop",
                    ApiKey = PracticeStore.FullKey,
                    Version = connection.Version,
                },
                Cancel
            );
        AssertNothingInClear(product, secrets);

        await service.RemoveAsync(
            Product.Administrator,
            connection.Id,
            new Dictionary<int, RemovalChoice> { [export] = RemovalChoice.Detach },
            Cancel
        );
        AssertNothingInClear(product, secrets);
        Assert.Equal(12, secrets.Distinct().Count());
    }

    private static IEnumerable<string> TokensIn(byte[]? grant, Product product)
    {
        var opened = Grant.Open(grant!, product.Get<SecretProtector>());
        return [opened.AccessToken, opened.RefreshToken];
    }

    private static void AssertNothingInClear(Product product, IReadOnlyCollection<string> secrets)
    {
        var files = Directory
            .GetFiles(product.DataDirectory, "*", SearchOption.AllDirectories)
            .Select(file => (Name: Path.GetFileName(file), Content: ReadShared(file)))
            .ToList();
        Assert.Contains(files, file => file.Name == "klaviyo-export.db");
        Assert.Contains(files, file => file.Name == "klaviyo-export.db-wal" && file.Content.Length > 0);
        // The search works: it finds the name of a connection, which is stored in clear text.
        Assert.Contains(files, file => Holds(file.Content, "Shop"));
        Assert.NotEmpty(product.Logs.Lines);
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(files, file => Holds(file.Content, secret));
            Assert.DoesNotContain(product.Logs.Lines, line => line.Contains(secret, StringComparison.OrdinalIgnoreCase));
        }
    }

    private static bool Holds(byte[] content, string text) =>
        content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0
        || content.AsSpan().IndexOf(Encoding.Unicode.GetBytes(text)) >= 0
        || content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('='))) >= 0;

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
