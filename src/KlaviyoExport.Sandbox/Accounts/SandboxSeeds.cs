using KlaviyoExport.Sandbox.Profiles;

namespace KlaviyoExport.Sandbox.Accounts;

/// <summary>An account the sandbox begins with.</summary>
/// <param name="Id">Klaviyo's public API key, which is the account's id: six letters or digits.</param>
/// <param name="OrganizationName">What the account is called.</param>
public sealed record AccountSeed(string Id, string OrganizationName)
{
    public string TimeZone { get; init; } = "Europe/Belgrade";

    public string Currency { get; init; } = "EUR";

    public bool TestAccount { get; init; }

    public IReadOnlyList<KeySeed> Keys { get; init; } = [];

    public IReadOnlyList<ListSeed> Lists { get; init; } = [];

    public IReadOnlyList<ProfileSeed> Profiles { get; init; } = [];
}

/// <summary>A private key and what it may do.</summary>
public sealed record KeySeed(string Key, string Name, IReadOnlyList<string> Scopes);

/// <summary>A list the account begins with.</summary>
public sealed record ListSeed(string Id, string Name, bool DoubleOptIn = false);

/// <summary>A profile that is there before anything is exported, with the consent it must keep.</summary>
public sealed record ProfileSeed(
    string Email,
    string FirstName,
    string LastName,
    PracticeConsent Consent,
    params IReadOnlyList<string> ListIds
);
