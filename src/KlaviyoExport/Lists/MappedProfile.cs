using KlaviyoExport.Runs;

namespace KlaviyoExport.Lists;

/// <summary>A profile as the mapping of an export sends it.</summary>
/// <param name="Json">The profile as in a request body. Empty when it is rejected.</param>
/// <param name="Effects">What was done with values instead of sending them as they are.</param>
/// <param name="Identifiers">The hashes of its phone number and external id. See <see cref="ProfileMapping.Claim"/>.</param>
/// <param name="Rejection">Why the profile is rejected, and the attribute because of which. Null when it is sent.</param>
internal sealed record MappedProfile(
    byte[] Json,
    IReadOnlyList<ValueEffect> Effects,
    IReadOnlyList<Hash16> Identifiers,
    (RejectionReason Reason, string Attribute)? Rejection
);

/// <summary>What was done with the value of an attribute.</summary>
/// <param name="Attribute">The path of the Klaviyo attribute or property.</param>
/// <param name="Effect">What was done.</param>
/// <param name="Note">What a typing error probably means. Null for other effects.</param>
internal readonly record struct ValueEffect(string Attribute, FieldEffect Effect, string? Note = null);
