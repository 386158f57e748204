using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Time.Testing;

namespace KlaviyoExport.Tests.Data;

public class SecretProtectorTests
{
    private const string Ana = "ana@example.com";
    private readonly EphemeralDataProtectionProvider _keys = new();
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Another_process_with_the_same_keys_decrypts_an_address()
    {
        var secrets = new SecretProtector(_keys, _clock);

        var stored = new[] { secrets.ProtectEmail(Ana), secrets.ProtectEmail("јован@пример.срб"), secrets.ProtectEmail("") };

        Assert.Equal([Ana, "јован@пример.срб", ""], stored.Select(new SecretProtector(_keys, _clock).UnprotectEmail));
    }

    [Fact]
    public void The_same_address_is_encrypted_differently_each_time_and_not_readable()
    {
        var secrets = new SecretProtector(_keys, _clock);

        var (one, two) = (secrets.ProtectEmail(Ana), secrets.ProtectEmail(Ana));

        Assert.NotEqual(one[^40..], two[^40..]);
        Assert.DoesNotContain("ana", Encoding.UTF8.GetString(one), StringComparison.Ordinal);
    }

    [Fact]
    public void The_key_of_the_addresses_is_replaced_every_day_and_the_old_addresses_stay_readable()
    {
        var secrets = new SecretProtector(_keys, _clock);
        var first = secrets.ProtectEmail(Ana);
        var sameDay = secrets.ProtectEmail(Ana);
        _clock.Advance(TimeSpan.FromDays(1));
        var nextDay = secrets.ProtectEmail(Ana);

        var head = first.Length - Ana.Length - TextCipher.Overhead;
        Assert.Equal(first[..head], sameDay[..head]);
        Assert.NotEqual(first[..head], nextDay[..head]);
        Assert.Equal([Ana, Ana, Ana], new[] { first, sameDay, nextDay }.Select(secrets.UnprotectEmail));
    }

    [Fact]
    public void An_address_that_an_older_version_has_stored_is_decrypted()
    {
        var stored = _keys.CreateProtector("KlaviyoExport.Emails.v1").Protect(Encoding.UTF8.GetBytes(Ana));

        Assert.Equal(Ana, new SecretProtector(_keys, _clock).UnprotectEmail(stored));
    }

    [Fact]
    public void An_address_cannot_be_decrypted_without_its_key_or_after_a_change()
    {
        var secrets = new SecretProtector(_keys, _clock);
        var stored = secrets.ProtectEmail(Ana);

        Assert.ThrowsAny<CryptographicException>(() =>
            new SecretProtector(new EphemeralDataProtectionProvider(), _clock).UnprotectEmail(stored)
        );
        Assert.ThrowsAny<CryptographicException>(() => secrets.UnprotectEmail(stored[..^1]));
        Assert.ThrowsAny<CryptographicException>(() => secrets.UnprotectEmail(stored[..20]));
        Assert.ThrowsAny<CryptographicException>(() => secrets.UnprotectEmail([.. stored[..^1], (byte)(stored[^1] ^ 1)]));
        Assert.ThrowsAny<CryptographicException>(() => secrets.UnprotectEmail([2]));
    }
}
