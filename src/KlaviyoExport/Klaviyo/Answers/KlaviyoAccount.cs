namespace KlaviyoExport.Klaviyo;

/// <summary>A Klaviyo account.</summary>
/// <param name="Id">The account's id, which is also its public API key.</param>
/// <param name="Name">The name of the organisation in the account's contact information. Empty when there is none.</param>
/// <param name="TimeZone">The IANA name of the account's time zone.</param>
/// <param name="Currency">The ISO 4217 code of the account's preferred currency.</param>
/// <param name="IsTest">Whether Klaviyo marks the account as a test account. Test accounts are part of the production system.</param>
public sealed record KlaviyoAccount(string Id, string Name, string TimeZone, string Currency, bool IsTest);
