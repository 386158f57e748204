using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Servers;
using KlaviyoExport.Tests.Secrets;
using Microsoft.Data.SqlClient;

namespace KlaviyoExport.Tests.Sources.Entra;

/// <summary>What is sent to a server to sign in with Microsoft Entra, by SQL Server's real protocol.</summary>
[Collection(nameof(TestKeyVault))]
public sealed class EntraWireTests
{
    private static readonly ServerDialect Dialect = ServerDialect.Of(SourceKind.SqlServer);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_token_is_sent_encrypted_and_instead_of_a_user_and_a_password()
    {
        await using var server = new TestTdsServer();

        // The certificate of the test is not trusted, so it is not checked here. Sources cannot choose that.
        var refused = await RefusalAsync(ServerOf(server) with { Tls = ServerTls.Encrypted });

        Assert.Equal(
            (new LocalizedMessage("Sources.EntraUserUnknown", "localhost", "crm"), false),
            (refused.LocalizedMessage, refused.Fault.IsTransient)
        );
        Assert.Equal([new TdsLogin(IsEncrypted: true, UserLength: 0, PasswordLength: 0, "the-token")], server.Logins);
    }

    [Fact]
    public async Task No_token_is_sent_to_a_server_whose_certificate_is_not_trusted()
    {
        await using var server = new TestTdsServer();

        Assert.Equal("Sources.CertificateNotTrusted", (await RefusalAsync(ServerOf(server))).LocalizedMessage.Code);

        Assert.Equal(1, server.Connections);
        Assert.Empty(server.Logins);
    }

    [Fact]
    public async Task No_token_is_sent_to_a_server_without_TLS()
    {
        await using var server = new TestTdsServer(encrypts: false);

        Assert.Equal("Sources.TlsNotOffered", (await RefusalAsync(ServerOf(server))).LocalizedMessage.Code);

        Assert.Empty(server.Logins);
    }

    [Fact]
    public async Task A_source_signs_in_with_the_token_of_its_service_principal()
    {
        await using var azure = await TestKeyVault.StartAsync();
        await using var server = new TestTdsServer();
        await using var product = await Product.CreateAsync(
            settings: new() { ["Sources:EntraHosts:0"] = "localhost" },
            configure: azure.Configure
        );
        var draft = new SourceDraft
        {
            Kind = SourceKind.SqlServer,
            Host = "localhost",
            Port = server.Port,
            Database = "crm",
            SignIn = ServerSignIn.ServicePrincipal,
            Tenant = "company.example",
            User = Guid.NewGuid().ToString(),
            Password = azure.ClientSecret,
        };

        var refused = await Assert.ThrowsAsync<SourceException>(() =>
            product.Get<SourceService>().TestAsync(SourceStore.Administrator, draft, Cancel)
        );

        Assert.Equal("Sources.CertificateNotTrusted", refused.LocalizedMessage.Code);
        Assert.Equal(1, server.Connections);
        Assert.Contains("https://database.windows.net/.default", Assert.Single(azure.Resources), StringComparison.Ordinal);
        Assert.Empty(server.Logins);
    }

    [Fact]
    public async Task A_connection_with_a_token_names_no_user_and_no_password()
    {
        await using var source = Dialect.Connect(new("h", null, "crm", "client-id") { SignIn = ServerSignIn.ServicePrincipal }, "t", null);
        await using var connection = (SqlConnection)source.CreateConnection();

        var set = new SqlConnectionStringBuilder(connection.ConnectionString);
        Assert.Equal(("", "", "t"), (set.UserID, set.Password, connection.AccessToken));
        Assert.Equal(SqlAuthenticationMethod.NotSpecified, set.Authentication);
        Assert.Equal(
            (SqlConnectionEncryptOption.Mandatory, false, ApplicationIntent.ReadOnly),
            (set.Encrypt, set.TrustServerCertificate, set.ApplicationIntent)
        );
    }

    private static SourceServer ServerOf(TestTdsServer server) =>
        new("localhost", server.Port, "crm", "") { SignIn = ServerSignIn.ManagedIdentity };

    private static async Task<SourceException> RefusalAsync(SourceServer server) =>
        await Assert.ThrowsAsync<SourceException>(async () =>
        {
            await using var session = await ServerSession.OpenAsync(
                Dialect,
                Dialect.Connect(server, "the-token", null),
                new ServerReading("CRM", server, server.Port!.Value, "CRM", TimeSpan.FromSeconds(20), null),
                Cancel
            );
        });
}
