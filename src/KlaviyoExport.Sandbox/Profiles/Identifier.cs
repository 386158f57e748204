namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>The identifiers of a profile, in the order in which Klaviyo looks them up.</summary>
internal enum Identifier
{
    Email,
    PhoneNumber,
    ExternalId,
}
