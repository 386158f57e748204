using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Profiles;

namespace KlaviyoExport.Sandbox.Lists;

/// <summary>A member of a list, for tests and pages.</summary>
/// <param name="Id">Klaviyo's profile id.</param>
/// <param name="Email">In lower case. Null for a profile with a phone number only.</param>
/// <param name="PhoneNumber">E.164, or null.</param>
/// <param name="ExternalId">The sender's own key, or null.</param>
/// <param name="Attributes">Everything but the identifiers, as JSON.</param>
/// <param name="Consent">Email marketing consent: NEVER_SUBSCRIBED, SUBSCRIBED or UNSUBSCRIBED.</param>
/// <param name="Joined">When the member was added.</param>
public sealed record SandboxMember(
    string Id,
    string? Email,
    string? PhoneNumber,
    string? ExternalId,
    string Attributes,
    string Consent,
    DateTimeOffset Joined
)
{
    internal static SandboxMember Of(Account account, Member member)
    {
        StoredProfile profile = account.Profiles[member.Row];
        return new(
            account.Profiles.IdOf(member.Row),
            profile.Email,
            profile.PhoneNumber,
            profile.ExternalId,
            System.Text.Encoding.UTF8.GetString(profile.Attributes.Span),
            account.ConsentOf(member.Row).Email,
            member.Joined
        );
    }
}
