namespace KlaviyoExport.Klaviyo;

/// <param name="Id">The account's id, which is also its public API key.</param>
/// <param name="Name">The organisation's name, as the account's contact information gives it.</param>
/// <param name="TimeZone">IANA name.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="IsTest">Klaviyo's mark for a test account; it lives in production all the same.</param>
public sealed record KlaviyoAccount(string Id, string Name, string TimeZone, string Currency, bool IsTest);
