using KlaviyoExport.Alerts;
using KlaviyoExport.Alerts.Mail;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Tests.Alerts;

public sealed class AlertOptionsTests
{
    [Fact]
    public void Without_a_mail_server_nothing_needs_to_be_set() => Assert.Empty(Faults([]));

    [Theory]
    [InlineData("Alerts:PublicAddress", "", "Alerts:PublicAddress")]
    [InlineData("Alerts:PublicAddress", "exports.shop.example", "Alerts:PublicAddress")]
    [InlineData("Alerts:Window", "02:00:00", "Alerts:Window")]
    [InlineData("Mail:From", "nobody", "Mail:From")]
    [InlineData("Mail:Port", "0", "Mail:Port")]
    [InlineData("Mail:Password", "x", "Mail:User")]
    [InlineData("Mail:TrustedCertificate", "/not/there.pem", "Mail:TrustedCertificate")]
    [InlineData("Mail:OAuth2:ClientId", "app", "Mail:OAuth2:TenantId")]
    public void A_fault_names_the_setting(string key, string value, string named)
    {
        var faults = Faults(
            new()
            {
                ["Mail:Host"] = "smtp.shop.example",
                ["Mail:From"] = "exports@shop.example",
                ["Alerts:PublicAddress"] = "https://exports.shop.example",
                [key] = value,
            }
        );

        Assert.Contains(faults, fault => fault.Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public void A_password_is_not_sent_in_clear_text_over_a_network() =>
        Assert.StartsWith(
            "Mail:Security",
            Assert.Single(
                Faults(
                    new()
                    {
                        ["Mail:Host"] = "smtp.shop.example",
                        ["Mail:From"] = "exports@shop.example",
                        ["Mail:Security"] = "None",
                        ["Mail:User"] = "exports",
                        ["Mail:Password"] = "x",
                        ["Alerts:PublicAddress"] = "https://exports.shop.example",
                    }
                )
            ),
            StringComparison.Ordinal
        );

    private static IReadOnlyList<string> Faults(Dictionary<string, string?> settings)
    {
        using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddAlerts()
            .BuildServiceProvider();
        return [.. FaultsOf<MailOptions>(services), .. FaultsOf<AlertOptions>(services)];
    }

    private static IEnumerable<string> FaultsOf<T>(IServiceProvider services)
        where T : class
    {
        try
        {
            _ = services.GetRequiredService<IOptions<T>>().Value;
            return [];
        }
        catch (OptionsValidationException invalid)
        {
            return invalid.Failures;
        }
    }
}
