using System.Globalization;
using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;

namespace KlaviyoExport.Web.Security.OpenIdConnect;

/// <summary>Who signed in at the provider, from a token that was believed.</summary>
/// <param name="Subject">The provider's name for the person; unique for one issuer and never given to another person, unlike an address.</param>
/// <param name="EmailVerified">Null where the provider does not say.</param>
/// <param name="SignedInAt">When the person last showed the provider who they are.</param>
internal sealed record ProvenPerson(string Issuer, string Subject, string? Email, bool? EmailVerified, string? Name, DateTimeOffset? SignedInAt)
{
    private static readonly string[] Told = ["sub", "iss", "email", "email_verified", "name", "auth_time"];

    /// <summary>The claims of the token that <see cref="From"/> reads.</summary>
    public static IEnumerable<Claim> Claims(JsonWebToken token) =>
        Told.Select(name => (name, value: IdTokens.Claim(token, name))).Where(claim => claim.value is not null).Select(claim => new Claim(claim.name, claim.value!));

    public static ProvenPerson From(ClaimsPrincipal principal) => new(
        principal.FindFirstValue("iss")!,
        principal.FindFirstValue("sub")!,
        principal.FindFirstValue("email") is { Length: > 0 } email ? email.Trim() : null,
        bool.TryParse(principal.FindFirstValue("email_verified"), out var verified) ? verified : null,
        principal.FindFirstValue("name") is { } name && !string.IsNullOrWhiteSpace(name) ? name.Trim() : null,
        long.TryParse(principal.FindFirstValue("auth_time"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null);
}
