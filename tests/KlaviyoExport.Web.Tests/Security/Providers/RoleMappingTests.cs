using KlaviyoExport.People;
using KlaviyoExport.Web.Security.Providers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Tests.Security.Providers;

public sealed class RoleMappingTests
{
    private static readonly OpenIdConnectSection Provider = new()
    {
        Authority = "https://login.example",
        ClientId = "a",
        ClientSecret = "b",
    };

    [Fact]
    public void A_role_can_be_mapped_from_one_value_or_several()
    {
        var mapping = Read(
            ("Roles:Viewer", "everybody"),
            ("Roles:Administrator:0", "CN=admins,OU=it"),
            ("Roles:Administrator:1", "owners")
        );

        Assert.Equal(Role.Viewer, mapping.Of(["everybody"]));
        Assert.Equal(Role.Administrator, mapping.Of(["CN=admins,OU=it"]));
        Assert.Equal(Role.Administrator, mapping.Of(["owners"]));
    }

    [Fact]
    public void The_highest_of_several_roles_applies()
    {
        var mapping = Read(("Roles:Viewer", "a"), ("Roles:Contributor", "b"), ("Roles:Operator", "c"));

        Assert.Equal(Role.Contributor, mapping.Of(["a", "b", "c"]));
        Assert.Equal(Role.Operator, Read(("Roles:Viewer", "a"), ("Roles:Operator", "a")).Of(["a"]));
        Assert.Equal(Role.Operator, Read(("Roles:Operator", "a"), ("Roles:Viewer", "a")).Of(["a"]));
    }

    [Theory]
    [InlineData("Admins")]
    [InlineData("admins ")]
    [InlineData("Administrator")]
    [InlineData("")]
    public void A_value_that_does_not_match_exactly_gives_no_role(string value) =>
        Assert.Null(Read(("Roles:Administrator", "admins")).Of([value]));

    [Fact]
    public void Without_the_section_nothing_is_mapped()
    {
        var mapping = Read();

        Assert.False(mapping.IsConfigured);
        Assert.Equal(["roles", "groups"], mapping.Claims);
        Assert.Null(Fault(mapping, Provider));
    }

    [Fact]
    public void The_claims_can_be_configured()
    {
        Assert.Equal(["cognito:groups"], Read(("Roles:Claims", "cognito:groups")).Claims);
        Assert.Equal(["a", "b"], Read(("Roles:Claims:0", "a"), ("Roles:Claims:1", "b")).Claims);
    }

    [Theory]
    [InlineData("Admin")]
    [InlineData("3")]
    public void An_unknown_role_is_named_at_start(string role) =>
        Assert.StartsWith(
            $"Roles:{role} is no role; use Viewer, Operator, Contributor, Administrator",
            Fault(Read(($"Roles:{role}", "x")), Provider)
        );

    [Fact]
    public void A_role_mapping_without_a_provider_is_a_configuration_error() =>
        Assert.Contains("none is configured", Fault(Read(("Roles:Viewer", "x")), new()), StringComparison.Ordinal);

    private static RoleMapping Read(params (string Key, string Value)[] settings)
    {
        var mapping = new RoleMapping();
        mapping.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
                .Build()
                .GetSection("Roles")
        );
        return mapping;
    }

    private static string? Fault(RoleMapping mapping, OpenIdConnectSection provider) =>
        new RoleMappingCheck(new SignInProviders(Options.Create(new EntraSection()), Options.Create(provider)))
            .Validate(null, mapping)
            .FailureMessage;
}
