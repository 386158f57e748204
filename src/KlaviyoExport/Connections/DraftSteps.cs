namespace KlaviyoExport.Connections;

/// <summary>Which steps of a draft are done, and what a step undoes of those after it.</summary>
internal static class DraftSteps
{
    /// <param name="draft">The draft.</param>
    /// <param name="contributors">The ids of the people who are contributors at the moment: a chosen one may have ceased to be.</param>
    /// <param name="oauth">Whether the account is confirmed by signing in to Klaviyo.</param>
    public static IEnumerable<WizardStep> Missing(ConnectionDraft draft, IReadOnlySet<string> contributors, bool oauth)
    {
        if (draft.Name.Length == 0)
            yield return WizardStep.Name;
        if (draft.Sharing == Sharing.ChosenContributors && !draft.ChosenContributors.Exists(contributors.Contains))
            yield return WizardStep.Sharing;
        if (draft.ApiKey is null && draft.KeyVaultSecret is null)
            yield return WizardStep.Key;
        if (draft.AgreedAt is null)
            yield return WizardStep.Consent;
        if (draft.Check is not { IsComplete: true })
            yield return WizardStep.Connect;
        if (draft.AuthenticatedAt is null || (oauth && draft.Grant is null))
            yield return WizardStep.Authenticate;
        if (draft.ExportUserAt is null)
            yield return WizardStep.ExportUser;
    }

    /// <summary>Takes another key. What was found out with the old one is void.</summary>
    public static void TakeKey(this ConnectionDraft draft, byte[]? apiKey, string? ending, string? keyVaultSecret)
    {
        (draft.ApiKey, draft.ApiKeyEnding, draft.KeyVaultSecret) = (apiKey, ending, keyVaultSecret);
        (draft.Check, draft.Grant, draft.AuthenticatedAt) = (null, null, null);
    }

    /// <summary>Whether both hold the same key, as far as can be seen without opening it.</summary>
    public static bool HasSameKeyAs(this ConnectionDraft draft, ConnectionDraft other) =>
        draft.KeyVaultSecret == other.KeyVaultSecret && (draft.ApiKey ?? []).AsSpan().SequenceEqual(other.ApiKey);
}
