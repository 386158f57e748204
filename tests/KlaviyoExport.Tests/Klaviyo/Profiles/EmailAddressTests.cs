using KlaviyoExport.Klaviyo;
using EmailRule = KlaviyoExport.Sandbox.Profiles.EmailRule;

namespace KlaviyoExport.Tests.Klaviyo.Profiles;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("ana@example.com", "ana@example.com")]
    [InlineData("Ana.Petrovic@Example.COM", "ana.petrovic@example.com")]
    [InlineData("  ana@example.com\t", "ana@example.com")]
    [InlineData("\u00a0ana@example.com\u00a0", "ana@example.com")]
    [InlineData("ana+shop@example.com", "ana+shop@example.com")]
    [InlineData("o'brien@example.ie", "o'brien@example.ie")]
    [InlineData("a@b.co", "a@b.co")]
    [InlineData("1234567890@example.com", "1234567890@example.com")]
    [InlineData("_______@example.com", "_______@example.com")]
    [InlineData("!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com")]
    [InlineData("ana@mail.shop.example.co.uk", "ana@mail.shop.example.co.uk")]
    [InlineData("ana@1-2-3.example", "ana@1-2-3.example")]
    [InlineData("ana@bücher.de", "ana@xn--bcher-kva.de")]
    [InlineData("ana@BÜCHER.de", "ana@xn--bcher-kva.de")]
    [InlineData("ana@xn--bcher-kva.de", "ana@xn--bcher-kva.de")]
    [InlineData("ana@пример.срб", "ana@xn--e1afmkfd.xn--90a3ac")]
    [InlineData("IVAN@EXAMPLE.COM", "ivan@example.com")]
    public void Accepted_addresses_are_normalised(string raw, string expected)
    {
        Assert.True(EmailAddress.TryNormalize(raw, out var normalized));
        Assert.Equal(expected, normalized);
        Assert.True(EmailRule.IsValid(normalized));
    }

    [Fact]
    public void An_address_that_is_recognized_as_plain_is_read_as_any_other_text_is()
    {
        var random = new Random(14);
        string[] parts =
        [
            "a",
            "ana",
            "0",
            ".",
            "-",
            "_",
            "+",
            "@",
            "..",
            ".com",
            "x",
            "A",
            "č",
            "xn--",
            "'",
            ";",
            new('b', 62),
            "shop.example",
        ];
        var (plain, others) = (0, 0);

        for (var turn = 0; turn < 200_000; turn++)
        {
            var text = $"{Some(random.Next(1, 4))}@{Some(random.Next(1, 5))}";
            if (!PlainAddress.Is(text))
            {
                others++;
                continue;
            }
            plain++;
            // With white space around it, it is not plain any more.
            Assert.Equal(EmailAddress.Read(" " + text), EmailAddress.Read(text));
            Assert.Equal(text, EmailAddress.Read(" " + text).Address);
        }

        Assert.True(plain > 500 && others > 500, $"{plain} plain texts, {others} others");

        string Some(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => parts[random.Next(parts.Length)]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("ana")]
    [InlineData("@")]
    [InlineData("@example.com")]
    [InlineData("ana@")]
    [InlineData("ana@example")]
    [InlineData("ana@localhost")]
    [InlineData("ana@@example.com")]
    [InlineData("ana@shop@example.com")]
    [InlineData("ana petrovic@example.com")]
    [InlineData("ana@exam ple.com")]
    [InlineData("ana @example.com")]
    [InlineData("ana@ example.com")]
    [InlineData("ana.@example.com")]
    [InlineData(".ana@example.com")]
    [InlineData("ana..petrovic@example.com")]
    [InlineData("ana@.example.com")]
    [InlineData("ana@example..com")]
    [InlineData("ana@-example.com")]
    [InlineData("ana@example-.com")]
    [InlineData("ana@exa_mple.com")]
    [InlineData("ana@127.0.0.1")]
    [InlineData("ana@[127.0.0.1]")]
    [InlineData("ana@example.c")]
    [InlineData("ana@example.123")]
    [InlineData("\"ana petrovic\"@example.com")]
    [InlineData("ana@example.com (home)")]
    [InlineData("ana@example.com,iva@example.com")]
    [InlineData("ana@example.com;iva@example.com")]
    [InlineData("ana@example,com")]
    [InlineData("ana\u00a0petrovic@example.com")]
    [InlineData("ana\r\nbcc:x@example.com")]
    [InlineData("ana\0@example.com")]
    [InlineData("anа@example.com")] // a Cyrillic а
    [InlineData("josé@example.com")]
    [InlineData("ana@example。com")]
    [InlineData("ana@example/com.x")]
    [InlineData("N/A")]
    [InlineData("none@none")]
    public void Addresses_that_Klaviyo_would_refuse_are_refused(string? raw)
    {
        Assert.False(EmailAddress.TryNormalize(raw, out var normalized));
        Assert.Null(normalized);
    }

    [Theory]
    [InlineData("ana@example.com.")]
    [InlineData("ana@example.com, ")]
    [InlineData("ana@example.com;")]
    [InlineData("Ana <ana@example.com>")]
    [InlineData("\"Petrović, Ana\" <ana@example.com>")]
    [InlineData("ana@example.com <ana@example.com>")]
    [InlineData("<ana@example.com>")]
    [InlineData("'ana@example.com'")]
    [InlineData("„ana@example.com“")]
    [InlineData("mailto:ana@example.com")]
    [InlineData("MAILTO:ana@example.com?subject=Zdravo&cc=x@example.com")]
    [InlineData("<mailto:ana@example.com>.")]
    [InlineData("ana\u200b@example.com")]
    [InlineData("\ufeffana@example.com")]
    [InlineData("ana@example.com\u200b")]
    [InlineData("ana@exam\u200bple.com")]
    [InlineData("ana@exam\u00adple.com")]
    [InlineData("\u2060\u00a0ana@example.com")]
    [InlineData("ana＠example.com")]
    public void What_copying_left_is_repaired(string raw)
    {
        Assert.Equal(new EmailReading("ana@example.com", null, true), EmailAddress.Read(raw));
        Assert.True(EmailAddress.TryNormalize(raw, out var normalized));
        Assert.Equal("ana@example.com", normalized);
    }

    [Theory]
    [InlineData(" Ana@Example.com ")]
    [InlineData("ana@example.com")]
    public void An_ordinary_spelling_is_not_a_repair(string raw) => Assert.False(EmailAddress.Read(raw).IsRepaired);

    [Theory]
    [InlineData("", EmailFault.Empty)]
    [InlineData("n/a", EmailFault.NoAt)]
    [InlineData("@example.com", EmailFault.NoName)]
    [InlineData("ana@", EmailFault.NoDomain)]
    [InlineData("ana@example.com, iva@example.com", EmailFault.SeveralAddresses)]
    [InlineData("ana@example.com/iva@example.com", EmailFault.SeveralAddresses)]
    [InlineData("iva@example.com <ana@example.com>", EmailFault.SeveralAddresses)]
    [InlineData("ana@@example.com", EmailFault.SeveralAts)]
    [InlineData("ana petrovic@example.com", EmailFault.SpaceInside)]
    [InlineData("josé@example.com", EmailFault.InvalidCharacter)]
    [InlineData("ana..p@example.com", EmailFault.MisplacedDot)]
    [InlineData("ana@localhost", EmailFault.DomainWithoutDot)]
    [InlineData("ana@exa_mple.com", EmailFault.InvalidDomain)]
    public void Each_invalid_address_says_why(string raw, EmailFault fault) =>
        Assert.Equal(new EmailReading(null, fault, false), EmailAddress.Read(raw));

    [Theory]
    [InlineData("gmial.com", "gmail.com")]
    [InlineData("gmail.con", "gmail.com")]
    [InlineData("gmail.co", "gmail.com")]
    [InlineData("hotmial.com", "hotmail.com")]
    [InlineData("yaho.com", "yahoo.com")]
    [InlineData("telefonica.nett", "telefonica.net")]
    [InlineData("eunet.sr", "eunet.rs")]
    [InlineData("gmail.com", null)]
    [InlineData("mail.com", null)]
    [InlineData("ymail.com", null)]
    [InlineData("shop.example", null)]
    public void A_domain_that_is_one_slip_from_a_large_provider_is_suggested(string domain, string? meant) =>
        Assert.Equal(meant, EmailTypo.Suggestion(domain));

    [Theory]
    [InlineData(64, 3, true)]
    [InlineData(65, 3, false)]
    [InlineData(10, 63, true)]
    [InlineData(10, 64, false)]
    public void Each_part_has_a_maximum_length(int local, int label, bool taken) =>
        Assert.Equal(taken, EmailAddress.TryNormalize($"{new string('a', local)}@{new string('b', label)}.com", out _));

    [Theory]
    [InlineData(254, true)]
    [InlineData(255, false)]
    public void The_whole_has_a_maximum_length(int length, bool taken)
    {
        var host = string.Join('.', Enumerable.Repeat(new string('b', 49), 4)) + ".com";
        Assert.Equal(taken, EmailAddress.TryNormalize($"{new string('a', length - host.Length - 1)}@{host}", out _));
    }

    [Fact]
    public void Normalising_is_idempotent()
    {
        Assert.True(EmailAddress.TryNormalize(" Ana@Bücher.DE ", out var once));
        Assert.True(EmailAddress.TryNormalize(once, out var twice));
        Assert.Equal(once, twice);
    }

    /// <summary>
    /// Random texts of characters that occur in addresses or make them invalid: nothing throws, and an accepted address is normalized and
    /// valid for the sandbox.
    /// </summary>
    [Fact]
    public void Every_accepted_domain_is_normalised_to_ASCII()
    {
        var random = new Random(20261122);
        string[] parts =
        [
            "a",
            "Z",
            "9",
            ".",
            "-",
            "_",
            "+",
            "@",
            "@example.com",
            ".com",
            "ü",
            "ж",
            "ß",
            "İ",
            "\u200b",
            "\u00ad",
            "\u0301",
            " ",
            "\"",
            "xn--",
            "\ud83d",
            "\udc00",
            "ｅ",
            "。",
            "\0",
        ];
        var taken = 0;
        for (var round = 0; round < 100_000; round++)
        {
            var raw = Some(4) + "@" + Some(4) + ".com";
            if (!EmailAddress.TryNormalize(raw, out var once))
                continue;
            taken++;
            Assert.True(once.All(c => char.IsAscii(c) && !char.IsAsciiLetterUpper(c) && !char.IsWhiteSpace(c) && !char.IsControl(c)), raw);
            Assert.True(EmailAddress.TryNormalize(once, out var twice) && twice == once, raw);
            Assert.True(EmailRule.IsValid(once), raw);
        }

        Assert.True(taken > 500, $"Only {taken} were taken: nothing was tested.");

        string Some(int most) => string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => parts[random.Next(parts.Length)]));
    }

    [Fact]
    public void The_culture_of_the_server_has_no_effect()
    {
        var before = Thread.CurrentThread.CurrentCulture;
        try
        {
            Thread.CurrentThread.CurrentCulture = new("tr-TR");
            Assert.True(EmailAddress.TryNormalize("INFO@EXAMPLE.COM", out var normalized));
            Assert.Equal("info@example.com", normalized);
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = before;
        }
    }
}
