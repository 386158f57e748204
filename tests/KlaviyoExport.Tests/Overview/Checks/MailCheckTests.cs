using System.Globalization;
using KlaviyoExport.Alerts.Mail;
using KlaviyoExport.Overview.Checks;
using KlaviyoExport.Tests.Alerts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Tests.Overview.Checks;

/// <summary>The mail server is tried over a real connection, and no mail is sent.</summary>
public sealed class MailCheckTests : IDisposable
{
    private static readonly (string User, string Password) Account = ("exports", "practice-makes-perfect");

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(MailSecurity.StartTls, false)]
    [InlineData(MailSecurity.Tls, true)]
    public async Task A_server_that_accepts_the_sign_in_over_TLS_is_in_order(MailSecurity security, bool tlsFromStart)
    {
        await using var server = MailServer.Start(_authority.Server, tlsFromStart, Account);
        var mail = Signed(server.Port);
        mail.Security = security;

        var finding = await RunAsync(mail);

        Assert.Equal(Finding.Ok("mail", $"localhost:{server.Port}", "It accepts the sign-in."), finding);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task A_server_that_asks_for_no_sign_in_is_in_order()
    {
        await using var server = MailServer.Start();

        Assert.Equal(FindingLevel.Ok, (await RunAsync(new MailOptions { Host = "localhost", Port = server.Port }))?.Level);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task Without_a_mail_server_there_is_nothing_to_check() => Assert.Null(await RunAsync(new MailOptions()));

    [Fact]
    public async Task A_wrong_password_is_found()
    {
        await using var server = MailServer.Start(_authority.Server, account: Account);
        var mail = Signed(server.Port);
        mail.Password = "Winter1987";

        var fault = await FaultAsync(mail, "The mail server refused the sign-in", "Mail:Password");

        Assert.DoesNotContain("Winter1987", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_is_found()
    {
        await using var server = MailServer.Start(_authority.Server, account: Account);
        var mail = Signed(server.Port);
        mail.TrustedCertificate = "";

        await FaultAsync(mail, "The certificate of the mail server is not trusted", "Mail:TrustedCertificate");
    }

    [Fact]
    public async Task A_file_of_authorities_that_cannot_be_read_is_found()
    {
        await using var server = MailServer.Start(_authority.Server, account: Account);
        await File.WriteAllTextAsync(
            _authority.PemFile,
            "-----BEGIN CERTIFICATE-----\nTk9U\n-----END CERTIFICATE-----",
            TestContext.Current.CancellationToken
        );

        await FaultAsync(Signed(server.Port), "The certificate of the mail server is not trusted", "Mail:TrustedCertificate");
    }

    [Fact]
    public async Task A_server_without_encryption_is_found()
    {
        await using var server = MailServer.Start();

        await FaultAsync(Signed(server.Port), "does not offer STARTTLS", "Mail:Security");
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_found() =>
        await FaultAsync(Signed(Loopback.FreePort()), "The mail server cannot be reached", "Mail:Host");

    [Fact]
    public async Task A_token_that_cannot_be_got_is_found()
    {
        await using var server = TokenMailServer.Start("exports@shop.example", "token");
        var mail = Signed(int.Parse(server.Port, CultureInfo.InvariantCulture));
        (mail.Security, mail.Password) = (MailSecurity.None, "");
        mail.OAuth2 = new MailOAuthOptions
        {
            ClientId = "client",
            ClientSecret = "secret",
            TokenUrl = $"http://127.0.0.1:{Loopback.FreePort()}/token",
        };

        await FaultAsync(mail, "There is no token for the mail server", "Mail:OAuth2");
    }

    private MailOptions Signed(int port) =>
        new()
        {
            Host = "localhost",
            Port = port,
            Security = MailSecurity.StartTls,
            User = Account.User,
            Password = Account.Password,
            TrustedCertificate = _authority.PemFile,
        };

    private static async Task<Finding> FaultAsync(MailOptions mail, string message, string cure)
    {
        var finding = await RunAsync(mail);
        Assert.NotNull(finding);
        Assert.Equal((FindingLevel.Fault, "mail"), (finding.Level, finding.Area));
        Assert.Contains(message, finding.Message, StringComparison.Ordinal);
        Assert.Contains(cure, finding.Cure, StringComparison.Ordinal);
        return finding;
    }

    private static async Task<Finding?> RunAsync(MailOptions mail)
    {
        await using var services = new ServiceCollection().AddHttpClient().BuildServiceProvider();
        var options = Options.Create(mail);
        using var tokens = new MailTokens(services.GetRequiredService<IHttpClientFactory>(), options, TimeProvider.System);
        return await new MailCheck(new Mailer(options, tokens), options).RunAsync(TestContext.Current.CancellationToken);
    }
}
