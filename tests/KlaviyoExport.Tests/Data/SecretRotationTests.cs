using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests.Data;

/// <summary>A second process rotates the secrets while the product of the test goes on.</summary>
public class SecretRotationTests
{
    private static readonly Customer[] Customers = [.. Customer.Many(5), new("i", "at home", "I")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Afterwards_no_secret_needs_an_older_key()
    {
        await using var bench = await Workbench.CreateAsync(Customers, SyncMode.Mirror);
        await bench.RunAsync();

        var done = await RotateAsync(bench);
        DeleteKeysExcept(bench, done.Key);

        Assert.Equal((0, 0), (done.Unreadable, done.Left));
        // The key of the connection, the keys of the installation, and the rejected address.
        Assert.Equal(4, done.Changed);
        using var fresh = bench.Product.AnotherNode();
        await using var db = await bench.Product.OpenAsync();
        var secrets = fresh.Services.GetRequiredService<SecretProtector>();
        Assert.Equal("at home", secrets.UnprotectEmail((await db.Set<Rejection>().SingleAsync(Cancel)).Email!));
        using var keys = await fresh.Services.GetRequiredService<EmailHashes>().LoadAllAsync(Cancel);
        var member = await db.Set<Membership>().FirstAsync(Cancel);
        Assert.EndsWith("@shop.example", keys.Cipher.Decrypt(member.Email!), StringComparison.Ordinal);
        Assert.Equal(0, (await RotateAsync(bench)).Unreadable);
    }

    [Fact]
    public async Task Afterwards_the_old_certificate_is_not_needed()
    {
        await using var bench = await Workbench.CreateAsync([]);
        var (old, next) = (WriteCertificate(bench, "old.pfx"), WriteCertificate(bench, "next.pfx"));
        // A secret whose key is encrypted with the old certificate.
        DeleteKeysExcept(bench, Guid.Empty);
        using (var before = bench.Product.AnotherNode(new() { ["DataProtection:Certificate"] = old }))
            await StoreKeyAsync(bench, "pk_secret", before.Services.GetRequiredService<SecretProtector>());

        using (
            var console = bench.Product.AnotherNode(
                new() { ["DataProtection:Certificate"] = next, ["DataProtection:OldCertificates:0"] = old }
            )
        )
            Assert.Equal(0, (await console.Services.GetRequiredService<SecretRotation>().RotateAsync(Cancel)).Unreadable);

        using var after = bench.Product.AnotherNode(new() { ["DataProtection:Certificate"] = next });
        Assert.Equal("pk_secret", after.Services.GetRequiredService<SecretProtector>().UnprotectCredential(await StoredKeyAsync(bench)));
    }

    [Fact]
    public async Task A_running_server_reads_the_new_values_at_once_and_delivers()
    {
        await using var bench = await Workbench.CreateAsync(Customers);
        await bench.RunAsync();

        await RotateAsync(bench);

        Assert.Equal(RunState.Successful, (await bench.RunAsync()).State);
    }

    [Fact]
    public async Task A_running_server_encrypts_again_what_it_has_stored_with_the_old_key_meanwhile()
    {
        await using var bench = await Workbench.CreateAsync([]);
        var server = bench.Product.Get<SecretRotation>();
        await server.FollowAsync(Cancel);
        var done = await RotateAsync(bench);
        // The server has not read anything since, and still uses the old key.
        await StoreKeyAsync(bench, "pk_entered_meanwhile");
        Assert.NotEqual(done.Key, SecretEnvelope.KeyOf(await StoredKeyAsync(bench)));

        await server.FollowAsync(Cancel);

        Assert.Equal(done.Key, SecretEnvelope.KeyOf(await StoredKeyAsync(bench)));
        Assert.Equal("pk_entered_meanwhile", bench.Product.Get<SecretProtector>().UnprotectCredential(await StoredKeyAsync(bench)));
    }

    [Fact]
    public async Task A_value_that_changes_at_the_same_time_is_not_overwritten()
    {
        await using var bench = await Workbench.CreateAsync([]);
        var (table, column) = (bench.Product.Get<SecretTable>(), ColumnOf(bench, "Connection.ApiKey"));
        var read = await table.ReadAsync(column, Cancel).SingleAsync(Cancel);
        await StoreKeyAsync(bench, "pk_new");

        Assert.Equal(0, await table.ReplaceAsync(column, [(read, [1])], Cancel));

        Assert.Equal("pk_new", bench.Product.Get<SecretProtector>().UnprotectCredential(await StoredKeyAsync(bench)));
    }

    [Fact]
    public async Task Tokens_that_are_being_refreshed_are_left_until_they_are_stored()
    {
        await using var bench = await Workbench.CreateAsync([]);
        var now = bench.Product.Get<TimeProvider>().GetUtcNow();
        await SetGrantAsync(bench, now.AddMinutes(1));
        var (table, column) = (bench.Product.Get<SecretTable>(), ColumnOf(bench, "Connection.Grant"));
        var read = await table.ReadAsync(column, Cancel).SingleAsync(Cancel);

        Assert.Equal(0, await table.ReplaceAsync(column, [(read, [1])], Cancel));
        await SetGrantAsync(bench, now.AddSeconds(-1));
        Assert.Equal(1, await table.ReplaceAsync(column, [(await table.ReadAsync(column, Cancel).SingleAsync(Cancel), [1])], Cancel));
    }

    [Fact]
    public async Task An_invented_key_id_does_not_decrypt_and_does_not_change_the_keys()
    {
        await using var bench = await Workbench.CreateAsync([]);
        var value = await StoredKeyAsync(bench);
        RandomNumberGenerator.Fill(value.AsSpan(4, 16));
        var before = bench.Product.Get<RefreshableKeys>().Generation;

        Assert.Throws<CryptographicException>(() => bench.Product.Get<SecretProtector>().UnprotectCredential(value));
        Assert.Equal(before, bench.Product.Get<RefreshableKeys>().Generation);
    }

    private static async Task<RotationResult> RotateAsync(Workbench bench)
    {
        using var console = bench.Product.AnotherNode();
        return await console.Services.GetRequiredService<SecretRotation>().RotateAsync(Cancel);
    }

    private static void DeleteKeysExcept(Workbench bench, Guid key)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(bench.Product.DataDirectory, "keys")))
            if (!file.Contains(key.ToString(), StringComparison.OrdinalIgnoreCase))
                File.Delete(file);
    }

    private static SecretColumn ColumnOf(Workbench bench, string name) =>
        bench.Product.Services.GetServices<SecretColumn>().Single(column => column.Name == name);

    private static async Task<byte[]> StoredKeyAsync(Workbench bench)
    {
        await using var db = await bench.Product.OpenAsync();
        return (await db.Set<Connection>().AsNoTracking().SingleAsync(Cancel)).ApiKey!;
    }

    internal static string WriteCertificate(Workbench bench, string name)
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest(
            "CN=test",
            key,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        ).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        var file = Path.Combine(bench.Product.Directory, name);
        File.WriteAllBytes(file, certificate.Export(X509ContentType.Pfx));
        return file;
    }

    private static async Task StoreKeyAsync(Workbench bench, string key, SecretProtector? secrets = null)
    {
        await using var db = await bench.Product.OpenAsync();
        (await db.Set<Connection>().SingleAsync(Cancel)).ApiKey = (secrets ?? bench.Product.Get<SecretProtector>()).ProtectCredential(key);
        await db.SaveChangesAsync(Cancel);
    }

    private static async Task SetGrantAsync(Workbench bench, DateTimeOffset refreshingUntil)
    {
        await using var db = await bench.Product.OpenAsync();
        var connection = await db.Set<Connection>().SingleAsync(Cancel);
        (connection.Grant, connection.RefreshingUntil) = (bench.Product.Get<SecretProtector>().ProtectCredential("{}"), refreshingUntil);
        await db.SaveChangesAsync(Cancel);
    }
}

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class SecretRotationOnPostgreSql : SecretRotationTests;
