using System.Text.Json;

namespace KlaviyoExport.Klaviyo.Wire;

/// <summary>Converts Klaviyo's documents to the records that <see cref="KlaviyoClient"/> returns.</summary>
internal static class Translation
{
    public static KlaviyoAnswer<TTo> Then<TFrom, TTo>(this KlaviyoAnswer<TFrom> answer, Func<TFrom, TTo> translate) =>
        answer.Succeeded ? KlaviyoAnswer.Given(translate(answer.Value)) : KlaviyoAnswer.Refused<TTo>(answer.Refusal);

    public static KlaviyoAccount ToAccount(this Resource<AccountAttributes> account) =>
        new(
            account.Id,
            account.Attributes.ContactInformation.OrganizationName ?? "",
            account.Attributes.Timezone,
            account.Attributes.PreferredCurrency,
            account.Attributes.TestAccount
        );

    public static KlaviyoList ToList(this Resource<ListAttributes> list) =>
        new(
            list.Id,
            list.Attributes.Name ?? "",
            list.Attributes.OptInProcess switch
            {
                "single_opt_in" => OptInProcess.SingleOptIn,
                "double_opt_in" => OptInProcess.DoubleOptIn,
                _ => OptInProcess.Unknown,
            },
            list.Attributes.Created,
            list.Attributes.Updated,
            list.Attributes.ProfileCount
        );

    public static ImportJob ToJob(this Resource<ImportJobAttributes> job) =>
        new(
            job.Id,
            job.Attributes.Status switch
            {
                "queued" => ImportJobStatus.Queued,
                "processing" => ImportJobStatus.Processing,
                "complete" => ImportJobStatus.Complete,
                "cancelled" => ImportJobStatus.Cancelled,
                _ => ImportJobStatus.Unknown,
            },
            job.Attributes.TotalCount,
            job.Attributes.CompletedCount ?? 0,
            job.Attributes.FailedCount ?? 0,
            job.Attributes.ExpiresAt,
            job.Attributes.CompletedAt
        );

    public static ImportError ToImportError(this Resource<ImportErrorAttributes> error) =>
        new(
            error.Id,
            error.Attributes.Code,
            error.Attributes.Title,
            error.Attributes.Detail,
            error.Attributes.Source?.Pointer,
            ProfilePointer.IndexOf(error.Attributes.Source?.Pointer),
            EmailIn(error.Attributes.OriginalPayload)
        );

    public static EmailConsent ToConsent(this Resource<ConsentAttributes> profile)
    {
        var email = profile.Attributes.Subscriptions?.Email?.Marketing;
        return new(
            profile.Id,
            email?.Consent switch
            {
                "SUBSCRIBED" => EmailConsentState.Subscribed,
                "UNSUBSCRIBED" => EmailConsentState.Unsubscribed,
                "NEVER_SUBSCRIBED" => EmailConsentState.NeverSubscribed,
                _ => EmailConsentState.Unknown,
            },
            email?.ConsentTimestamp,
            Suppressions(email?.Suppression),
            Suppressions(email?.ListSuppressions)
        );
    }

    private static IReadOnlyList<EmailSuppression> Suppressions(IReadOnlyList<Suppression>? suppressions) =>
        [.. (suppressions ?? []).Select(one => new EmailSuppression(one.Reason, one.Timestamp, one.ListId))];

    private static string? EmailIn(JsonElement payload)
    {
        if (payload.ValueKind != JsonValueKind.Object)
            return null;
        if (payload.TryGetProperty("email", out var email))
            return email.ValueKind == JsonValueKind.String ? email.GetString() : null;
        return payload.TryGetProperty("attributes", out var inner) || payload.TryGetProperty("data", out inner) ? EmailIn(inner) : null;
    }
}
