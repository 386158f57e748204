using System.Security.Cryptography;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests.Cluster;

/// <summary>The keys that encrypt secrets, when several servers share them through the store.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class KeysTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_are_stored_encrypted_and_survive_a_change_of_certificate()
    {
        await using var place = await StorePlace.CreateAsync(StoreProvider.PostgreSql);
        var folder = Directory.CreateTempSubdirectory("klaviyo-export-test-").FullName;
        var (old, now) = (
            ClusterCertificate.Write(Path.Combine(folder, "old.pfx")),
            ClusterCertificate.Write(Path.Combine(folder, "now.pfx"))
        );
        byte[] secret;
        await using (var first = Machine(place, folder, old))
            secret = first.GetRequiredService<SecretProtector>().ProtectCredential("pk_secret");

        await using var second = Machine(place, Path.Combine(folder, "elsewhere"), old);
        Assert.Equal("pk_secret", second.GetRequiredService<SecretProtector>().UnprotectCredential(secret));
        await using var rotated = Machine(place, folder, now, old);
        Assert.Equal("pk_secret", rotated.GetRequiredService<SecretProtector>().UnprotectCredential(secret));
        await using var forgetful = Machine(place, folder, now);
        Assert.Throws<CryptographicException>(() => forgetful.GetRequiredService<SecretProtector>().UnprotectCredential(secret));

        await using var db = await second.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(Cancel);
        Assert.All(
            await db.DataProtectionKeys.ToListAsync(Cancel),
            key =>
            {
                Assert.Contains("EncryptedData", key.Xml, StringComparison.Ordinal);
                Assert.DoesNotContain("<masterKey", key.Xml, StringComparison.Ordinal);
            }
        );
        Assert.False(Directory.Exists(Path.Combine(folder, "keys")));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_certificate_that_cannot_be_read_is_named()
    {
        var result = new KeyOptions.Validator("/").Validate(
            null,
            new KeyOptions { Certificate = "/nowhere/keys.pfx", OldCertificates = ["/nowhere/old.pfx"] }
        );

        Assert.Equal(
            ["DataProtection:Certificate (/nowhere/keys.pfx)", "DataProtection:OldCertificates:0 (/nowhere/old.pfx)"],
            result.Failures!.Select(fault => fault.Split(" cannot be read")[0])
        );
    }

    private static ServiceProvider Machine(StorePlace place, string folder, string certificate, params string[] old)
    {
        var settings = new Dictionary<string, string?>([.. place.Settings, .. ClusterCertificate.Settings(certificate)])
        {
            ["DataDirectory"] = folder,
        };
        for (var index = 0; index < old.Length; index++)
            settings[$"DataProtection:OldCertificates:{index}"] = old[index];
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(TimeProvider.System)
            .AddData(configuration, folder)
            .BuildServiceProvider();
    }
}
