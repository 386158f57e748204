using System.Globalization;
using System.Security.Claims;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>The person who signed in at the identity provider, from an ID token that the framework has validated.</summary>
/// <param name="Issuer">The provider's identifier, from the claim <c>iss</c>.</param>
/// <param name="Subject">
/// The provider's identifier for the person. It is unique within the issuer and, unlike an email address, never passes to another person.
/// </param>
/// <param name="EmailVerified">Whether the provider has verified the email address. Null when the provider does not say.</param>
/// <param name="SignedInAt">When the person last authenticated at the provider. Null when the provider does not say.</param>
/// <param name="Groups">The values of the claims in <see cref="RoleMapping.Claims"/>: app roles and groups.</param>
internal sealed record AuthenticatedPerson(
    string Issuer,
    string Subject,
    string? Email,
    bool? EmailVerified,
    string? Name,
    DateTimeOffset? SignedInAt,
    IReadOnlyList<string> Groups
)
{
    public static AuthenticatedPerson From(ClaimsPrincipal principal, RoleMapping roles) =>
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

    /// <summary>
    /// Entra ID's claim in place of email_verified. It says whether the tenant has proved that it owns the domain of the address.
    /// </summary>
    private const string DomainVerified = "xms_edov";

    private static bool? IsTrue(string? value) =>
        value switch
        {
            "1" => true,
            "0" => false,
            _ => bool.TryParse(value, out var verified) ? verified : null,
        };
}
