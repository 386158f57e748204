namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>What a profile is recognised by, in the order Klaviyo looks.</summary>
internal enum Identifier
{
    Email,
    PhoneNumber,
    ExternalId,
}
