namespace KlaviyoExport.Klaviyo;

/// <summary>A profile on a list.</summary>
/// <param name="Email">Null when the profile has no email address, only a phone number or an external id.</param>
/// <param name="Joined">When the profile joined the list. Null when Klaviyo does not say.</param>
public sealed record ListMember(string ProfileId, string? Email, DateTimeOffset? Joined);
