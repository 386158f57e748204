namespace KlaviyoExport.Klaviyo;

/// <summary>A profile that already exists in the account.</summary>
public sealed record KnownProfile(string Id, string Email);
