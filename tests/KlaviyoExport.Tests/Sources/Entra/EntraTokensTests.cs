using KlaviyoExport.Secrets;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Entra;
using KlaviyoExport.Sources.Servers;
using KlaviyoExport.Tests.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Tests.Sources.Entra;

/// <summary>Access tokens over HTTP, as Azure's client gets them.</summary>
[Collection(nameof(TestKeyVault))]
public sealed class EntraTokensTests : IAsyncLifetime
{
    private static readonly SourceServer Principal = new("crm.database.windows.net", null, "crm", "")
    {
        SignIn = ServerSignIn.ServicePrincipal,
        Tenant = "company.example",
    };

    private readonly LogCapture _logs = new();
    private TestKeyVault _azure = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _azure = await TestKeyVault.StartAsync();

    public ValueTask DisposeAsync() => _azure.DisposeAsync();

    [Fact]
    public async Task A_service_principal_signs_in_to_its_tenant_once_for_several_connections()
    {
        var (tokens, server) = (Tokens(), Named(Principal));

        var first = await tokens.ReadAsync(server, _azure.ClientSecret, "CRM", Cancel);
        var second = await tokens.ReadAsync(server, _azure.ClientSecret, "CRM", Cancel);

        Assert.Equal(("practice-token-of-company.example", first), (first, second));
        Assert.Contains("https://database.windows.net/.default", Assert.Single(_azure.Resources), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_client_secret_is_told_and_never_logged()
    {
        var refused = await RefusalAsync(Tokens(), Named(Principal), "wrong-client-secret");

        Assert.Equal(("Sources.EntraSecretWrong", false), (refused.LocalizedMessage.Code, refused.Fault.IsTransient));
        Assert.Contains(_logs.Lines, line => line.Contains("7000215", StringComparison.Ordinal));
        Assert.DoesNotContain(_logs.Lines, line => line.Contains("wrong-client-secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tenant_that_does_not_exist_is_told_by_its_name()
    {
        _azure.EntraFault = (400, "90002");

        var refused = await RefusalAsync(Tokens(), Named(Principal), _azure.ClientSecret);

        Assert.Equal(new LocalizedMessage("Sources.EntraNoTenant", "company.example"), refused.LocalizedMessage);
    }

    [Fact]
    public async Task The_identity_of_the_machine_is_used_only_where_it_is_permitted()
    {
        var server = new SourceServer("crm.sql.azuresynapse.net", null, "crm", "") { SignIn = ServerSignIn.ManagedIdentity };

        var refused = await RefusalAsync(Tokens(), server, "");
        Assert.Equal("Sources.MachineIdentityForbidden", refused.LocalizedMessage.Code);
        Assert.Empty(_azure.Resources);

        var permitted = Tokens(new() { ["Sources:AllowMachineIdentity"] = "true" });
        Assert.Equal("practice-vault-token", await permitted.ReadAsync(server, "", "CRM", Cancel));
        Assert.Equal(
            "practice-vault-token",
            await permitted.ReadAsync(server with { SignIn = ServerSignIn.DefaultIdentity }, "", "CRM", Cancel)
        );
        Assert.All(_azure.Resources, resource => Assert.StartsWith("https://database.windows.net", resource, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_machine_without_an_identity_is_told()
    {
        _azure.HasIdentity = false;
        // Azure's client caches tokens in the process, so this is a resource of its own.
        var server = new SourceServer("nobody.crm4.dynamics.com", null, "nobody", "") { SignIn = ServerSignIn.ManagedIdentity };

        var refused = await RefusalAsync(Tokens(new() { ["Sources:AllowMachineIdentity"] = "true" }), server, "");

        Assert.Equal(("Sources.NoMachineIdentity", false), (refused.LocalizedMessage.Code, refused.Fault.IsTransient));
    }

    [Fact]
    public async Task Entra_that_cannot_be_reached_is_a_temporary_fault()
    {
        var tokens = Tokens();
        await _azure.StopAsync();

        var outage = await RefusalAsync(tokens, Named(Principal), "x");

        Assert.Equal(("Sources.EntraUnreachable", true), (outage.LocalizedMessage.Code, outage.Fault.IsTransient));
    }

    [Theory]
    [InlineData("sql.attacker.example")]
    [InlineData("database.windows.net.attacker.example")]
    [InlineData("evildatabase.windows.net")]
    [InlineData("crm4.dynamics.com.attacker.example")]
    [InlineData("127.0.0.1")]
    public async Task No_token_is_asked_for_a_server_outside_the_domains_of_Microsoft(string host)
    {
        var refused = await RefusalAsync(Tokens(), Named(Principal) with { Host = host }, _azure.ClientSecret);

        Assert.Equal(new LocalizedMessage("Sources.EntraHostUnknown", host), refused.LocalizedMessage);
        Assert.Empty(_azure.Resources);
    }

    [Fact]
    public async Task No_token_is_asked_for_a_connection_whose_certificate_is_not_checked()
    {
        var refused = await RefusalAsync(Tokens(), Named(Principal) with { Tls = ServerTls.Encrypted }, _azure.ClientSecret);

        Assert.Equal("Sources.EntraNeedsTls", refused.LocalizedMessage.Code);
        Assert.Empty(_azure.Resources);
    }

    [Theory]
    [InlineData("crm.database.windows.net", "https://database.windows.net/.default")]
    [InlineData("CRM.Database.Windows.NET", "https://database.windows.net/.default")]
    [InlineData("crm-ondemand.sql.azuresynapse.net", "https://database.windows.net/.default")]
    [InlineData("x-y.datawarehouse.fabric.microsoft.com", "https://database.windows.net/.default")]
    [InlineData("x.database.fabric.microsoft.com", "https://database.windows.net/.default")]
    [InlineData("crm.database.usgovcloudapi.net", "https://database.usgovcloudapi.net/.default")]
    [InlineData("crm.database.chinacloudapi.cn", "https://database.chinacloudapi.cn/.default")]
    [InlineData("Contoso.crm4.dynamics.com", "https://contoso.crm4.dynamics.com//.default")]
    [InlineData("contoso.crm.dynamics.com", "https://contoso.crm.dynamics.com//.default")]
    [InlineData("sql.corp.example", "https://database.windows.net/.default")]
    [InlineData("one.private.example", "https://database.windows.net/.default")]
    [InlineData("private.example", null)]
    [InlineData("contoso.dynamics.com", null)]
    public void The_audience_of_a_token_depends_on_the_host_alone(string host, string? scope) =>
        Assert.Equal(scope, EntraHosts.ScopeOf(host, ["sql.corp.example", ".private.example"]));

    [Theory]
    [InlineData("7000215", "Sources.EntraSecretWrong", false)]
    [InlineData("7000222", "Sources.EntraSecretExpired", false)]
    [InlineData("700016", "Sources.EntraNoApplication", false)]
    [InlineData("7000112", "Sources.EntraNoApplication", false)]
    [InlineData("90002", "Sources.EntraNoTenant", false)]
    [InlineData("900023", "Sources.EntraNoTenant", false)]
    [InlineData("500011", "Sources.EntraNoResource", false)]
    [InlineData("53003", "Sources.EntraBlocked", false)]
    [InlineData("90033", "Sources.EntraBusy", true)]
    [InlineData("50196", "Sources.EntraBusy", true)]
    [InlineData("1234567", "Sources.EntraRefused", false)]
    public void Each_refusal_of_Entra_has_its_own_message(string code, string message, bool passes)
    {
        var fault = EntraFaults.OfCode(code, Principal with { User = "client" }, "CRM");

        Assert.Equal((message, passes), (fault.Message.Code, fault.IsTransient));
        Assert.NotEmpty(fault.Message.ToString());
    }

    [Theory]
    [InlineData(ServerSignIn.ManagedIdentity, "crm.database.windows.net", 18456, "Sources.EntraUserUnknown")]
    [InlineData(ServerSignIn.Password, "crm.database.windows.net", 18456, "Sources.SignInRefused")]
    [InlineData(ServerSignIn.ServicePrincipal, "contoso.crm.dynamics.com", 18456, "Sources.DataverseRefused")]
    [InlineData(ServerSignIn.Password, "crm.database.windows.net", 40615, "Sources.FirewallRefused")]
    [InlineData(ServerSignIn.ServicePrincipal, "crm.database.windows.net", 40914, "Sources.FirewallRefused")]
    [InlineData(ServerSignIn.ServicePrincipal, "crm.database.windows.net", 47073, "Sources.FirewallRefused")]
    [InlineData(ServerSignIn.ServicePrincipal, "crm.database.windows.net", 40532, "Sources.NoSuchServer")]
    [InlineData(ServerSignIn.ServicePrincipal, "crm.database.windows.net", 4060, "Sources.NoDatabase")]
    [InlineData(ServerSignIn.ServicePrincipal, "crm.database.windows.net", 40551, "Sources.ServerBusy")]
    [InlineData(ServerSignIn.ManagedIdentity, "crm.database.windows.net", 229, "Sources.NoPermission")]
    public void Each_refusal_of_the_database_has_its_own_message(ServerSignIn signIn, string host, int number, string code)
    {
        var server = new SourceServer(host, null, "crm", "") { SignIn = signIn };

        var fault = SqlServerFaults.Explain(number, 14, new ServerReading("CRM", server, 1433, "CRM", TimeSpan.FromMinutes(1), null));

        Assert.Equal(code, fault.Message.Code);
        Assert.NotEmpty(fault.Message.ToString());
    }

    [Fact]
    public void What_is_missing_for_a_sign_in_is_told()
    {
        Assert.Equal("Sources.TenantNeeded", Code(draft => draft.Tenant = " "));
        Assert.Equal("Sources.TenantNeeded", Code(draft => draft.Tenant = "https://login.microsoftonline.com/x"));
        Assert.Equal("Sources.ClientIdNeeded", Code(draft => draft.User = "crm-reader"));
        Assert.Equal("Sources.EntraNeedsTls", Code(draft => draft.Tls = ServerTls.None));
        Assert.Equal("", ServerDraft.Of(Draft(draft => (draft.SignIn, draft.User) = (ServerSignIn.ManagedIdentity, ""))).User);
        Assert.Equal("", ServerDraft.Of(Draft(draft => draft.SignIn = ServerSignIn.DefaultIdentity)).User);
        Assert.Equal(ServerSignIn.Password, ServerDraft.Of(Draft(draft => draft.Kind = SourceKind.PostgreSql)).SignIn);
    }

    [Fact]
    public void A_source_of_an_earlier_version_signs_in_with_its_password() =>
        Assert.Equal(
            (ServerSignIn.Password, ""),
            System.Text.Json.JsonSerializer.Deserialize<SourceServer>(
                """{"Host":"sql","Port":null,"Database":"crm","User":"u","Tls":"Verified","RootCertificate":null}"""
            )
                is { } stored
                ? (stored.SignIn, stored.Tenant)
                : default
        );

    [Fact]
    public void A_host_that_is_no_name_is_refused_at_the_start()
    {
        var refused = Assert.Throws<OptionsValidationException>(() =>
            Tokens(new() { ["Sources:EntraHosts:0"] = "https://sql" }, demand: true)
        );
        Assert.StartsWith("Sources:EntraHosts:0", Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    private static string Code(Action<SourceDraft> change) =>
        Assert.Throws<SourceException>(() => ServerDraft.Of(Draft(change))).LocalizedMessage.Code;

    private static SourceDraft Draft(Action<SourceDraft> change)
    {
        var draft = new SourceDraft
        {
            Kind = SourceKind.SqlServer,
            Host = "crm.database.windows.net",
            Database = "crm",
            SignIn = ServerSignIn.ServicePrincipal,
            Tenant = "company.example",
            User = "0f8fad5b-d9cb-469f-a165-70867728950e",
        };
        change(draft);
        return draft;
    }

    /// <summary>Azure's client caches tokens, so each test is a client of its own.</summary>
    private static SourceServer Named(SourceServer server) => server with { User = Guid.NewGuid().ToString() };

    private EntraTokens Tokens(Dictionary<string, string?>? settings = null, bool demand = false)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings ?? []).Build();
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(TimeProvider.System)
            .AddLogging(logging => logging.AddProvider(_logs))
            .AddSecrets()
            .AddSources(configuration);
        _azure.Configure(services);
        var provider = services.BuildServiceProvider();
        if (demand)
            _ = provider.GetRequiredService<IOptions<SourceOptions>>().Value;
        return provider.GetRequiredService<EntraTokens>();
    }

    private static Task<SourceException> RefusalAsync(EntraTokens tokens, SourceServer server, string secret) =>
        Assert.ThrowsAsync<SourceException>(() => tokens.ReadAsync(server, secret, "CRM", Cancel));
}
