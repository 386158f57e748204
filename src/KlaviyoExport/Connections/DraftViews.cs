using KlaviyoExport.Secrets;

namespace KlaviyoExport.Connections;

/// <summary>A draft as its owner sees it. Only the last characters of its key are included.</summary>
/// <param name="KeyFrom">Where the key is kept. Null when it is in the store or missing.</param>
/// <param name="AgreedAt">When "I agree" was selected.</param>
/// <param name="Check">The result of the check of the key. Null until Connect.</param>
/// <param name="OAuthConfigured">Whether the account is confirmed by a sign-in to Klaviyo. Otherwise it is confirmed with the
/// key.</param>
/// <param name="AuthenticatedAt">When the account was confirmed.</param>
/// <param name="SignInProblem">Why the last sign-in to Klaviyo failed. Null when it did not.</param>
/// <param name="ExportUserAt">When the owner signed in again to become the export user.</param>
/// <param name="Remarks">Hints that do not prevent saving.</param>
/// <param name="Missing">The steps to complete. Empty when the draft can be saved.</param>
public sealed record DraftView(
    int Id,
    string Name,
    Sharing Sharing,
    IReadOnlyList<string> ChosenContributors,
    string? ApiKeyEnding,
    SecretPlace? KeyFrom,
    DateTimeOffset? AgreedAt,
    AccountCheck? Check,
    bool OAuthConfigured,
    DateTimeOffset? AuthenticatedAt,
    LocalizedMessage? SignInProblem,
    DateTimeOffset? ExportUserAt,
    IReadOnlyList<LocalizedMessage> Remarks,
    IReadOnlyList<WizardStep> Missing
);

/// <summary>A draft in the list of drafts.</summary>
public sealed record DraftRow(int Id, string Name, DateTimeOffset StartedAt, DateTimeOffset ChangedAt, IReadOnlyList<WizardStep> Missing);
