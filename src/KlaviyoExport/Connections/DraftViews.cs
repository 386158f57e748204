namespace KlaviyoExport.Connections;

/// <summary>A draft as its owner sees it; of its key only the ending.</summary>
/// <param name="AgreedAt">When "I agree" was selected.</param>
/// <param name="Check">What Klaviyo said of the key; null until Connect.</param>
/// <param name="OAuthConfigured">Whether the account is confirmed by signing in to Klaviyo, or else by the key.</param>
/// <param name="AuthenticatedAt">When the account was confirmed.</param>
/// <param name="SignInProblem">Why the last trip to Klaviyo's sign-in page ended without a sign-in.</param>
/// <param name="ExportUserAt">When the owner signed in anew to become the export user.</param>
/// <param name="Remarks">What the owner should know and may still save.</param>
/// <param name="Missing">What is still to be done; empty when it can be saved.</param>
public sealed record DraftView(
    int Id,
    string Name,
    Sharing Sharing,
    IReadOnlyList<string> ChosenContributors,
    string? ApiKeyEnding,
    string? KeyVaultSecret,
    DateTimeOffset? AgreedAt,
    AccountCheck? Check,
    bool OAuthConfigured,
    DateTimeOffset? AuthenticatedAt,
    LocalizedMessage? SignInProblem,
    DateTimeOffset? ExportUserAt,
    IReadOnlyList<LocalizedMessage> Remarks,
    IReadOnlyList<WizardStep> Missing
);

/// <summary>A half-done connection that can be taken up again.</summary>
public sealed record DraftRow(int Id, string Name, DateTimeOffset StartedAt, DateTimeOffset ChangedAt, IReadOnlyList<WizardStep> Missing);
