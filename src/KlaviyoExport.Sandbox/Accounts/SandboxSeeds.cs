using KlaviyoExport.Sandbox.Profiles;

namespace KlaviyoExport.Sandbox.Accounts;

/// <summary>An account that exists from the start.</summary>
/// <param name="Id">Klaviyo's public API key, which is the account's id: six letters or digits.</param>
/// <param name="OrganizationName">The name of the account.</param>
public sealed record AccountSeed(string Id, string OrganizationName)
{
    public string TimeZone { get; init; } = "Europe/Belgrade";

    public string Currency { get; init; } = "EUR";

    public bool TestAccount { get; init; }

    public IReadOnlyList<KeySeed> Keys { get; init; } = [];

    public IReadOnlyList<ListSeed> Lists { get; init; } = [];

    public IReadOnlyList<ProfileSeed> Profiles { get; init; } = [];
}

/// <summary>A private key and its scopes.</summary>
public sealed record KeySeed(string Key, string Name, IReadOnlyList<string> Scopes);

/// <summary>A list that exists from the start.</summary>
public sealed record ListSeed(string Id, string Name, bool DoubleOptIn = false);

/// <summary>A profile that exists before any export, with a consent that must not change.</summary>
public sealed record ProfileSeed(
    string Email,
    string FirstName,
    string LastName,
    SandboxConsent Consent,
    params IReadOnlyList<string> ListIds
);
