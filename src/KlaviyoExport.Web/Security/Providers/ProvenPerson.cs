using System.Globalization;
using System.Security.Claims;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>Who signed in at the provider, from an ID token the framework has validated.</summary>
/// <param name="Subject">The provider's name for the person; unique for one issuer and never given to another person, unlike an
/// address.</param>
/// <param name="EmailVerified">Null where the provider does not say.</param>
/// <param name="SignedInAt">When the person last proved to the provider who they are.</param>
/// <param name="Groups">App roles and groups, as the claims of <see cref="RoleMapping.Claims"/> name them.</param>
internal sealed record ProvenPerson(
    string Issuer,
    string Subject,
    string? Email,
    bool? EmailVerified,
    string? Name,
    DateTimeOffset? SignedInAt,
    IReadOnlyList<string> Groups
)
{
    public static ProvenPerson From(ClaimsPrincipal principal, RoleMapping roles) =>
        new(
            principal.FindFirstValue("iss")!,
            principal.FindFirstValue("sub")!,
            principal.FindFirstValue("email") is { Length: > 0 } email ? email.Trim() : null,
            IsTrue(principal.FindFirstValue("email_verified") ?? principal.FindFirstValue(DomainVerified)),
            principal.FindFirstValue("name") is { } name && !string.IsNullOrWhiteSpace(name) ? name.Trim() : null,
            long.TryParse(principal.FindFirstValue("auth_time"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds < 253_402_300_800
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null,
            [.. principal.Claims.Where(claim => roles.Claims.Contains(claim.Type, StringComparer.Ordinal)).Select(claim => claim.Value)]
        );

    /// <summary>Entra ID's word for email_verified: the tenant has proved that the address's domain is its own.</summary>
    private const string DomainVerified = "xms_edov";

    private static bool? IsTrue(string? value) =>
        value switch
        {
            "1" => true,
            "0" => false,
            _ => bool.TryParse(value, out var verified) ? verified : null,
        };
}
