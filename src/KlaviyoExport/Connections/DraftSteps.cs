using KlaviyoExport.Secrets;

namespace KlaviyoExport.Connections;

/// <summary>Determines which steps of a draft are complete, and which later steps a change resets.</summary>
internal static class DraftSteps
{
    /// <param name="draft">The draft.</param>
    /// <param name="contributors">The IDs of the current contributors. A chosen person may no longer be one.</param>
    /// <param name="oauth">Whether the account is confirmed by a sign-in to Klaviyo.</param>
    public static IEnumerable<WizardStep> Missing(ConnectionDraft draft, IReadOnlySet<string> contributors, bool oauth)
    {
        if (draft.Name.Length == 0)
            yield return WizardStep.Name;
        if (draft.Sharing == Sharing.ChosenContributors && !draft.ChosenContributors.Exists(contributors.Contains))
            yield return WizardStep.Sharing;
        if (draft.ApiKey is null && draft.KeyFrom is null)
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

    /// <summary>Replaces the key. The results of the old key no longer apply.</summary>
    public static void TakeKey(this ConnectionDraft draft, byte[]? apiKey, string? ending, SecretPlace? from)
    {
        (draft.ApiKey, draft.ApiKeyEnding, draft.KeyFrom) = (apiKey, ending, from);
        (draft.Check, draft.Grant, draft.AuthenticatedAt) = (null, null, null);
    }

    /// <summary>Whether two drafts have the same key, as far as this can be seen without decrypting it.</summary>
    public static bool HasSameKeyAs(this ConnectionDraft draft, ConnectionDraft other) =>
        draft.KeyFrom == other.KeyFrom && (draft.ApiKey ?? []).AsSpan().SequenceEqual(other.ApiKey);
}
