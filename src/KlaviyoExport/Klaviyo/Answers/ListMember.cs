namespace KlaviyoExport.Klaviyo;

/// <param name="Email">Null for a profile known by phone or external id only.</param>
/// <param name="Joined">When it joined the list.</param>
public sealed record ListMember(string ProfileId, string? Email, DateTimeOffset? Joined);
