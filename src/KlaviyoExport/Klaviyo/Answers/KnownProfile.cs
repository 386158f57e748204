namespace KlaviyoExport.Klaviyo;

/// <summary>A profile the account has already.</summary>
public sealed record KnownProfile(string Id, string Email);
