namespace KlaviyoExport.Klaviyo.Wire;

// The JSON:API documents that Klaviyo returns. A parameter without a default value is required. Members that this product does not use
// are left out.

internal sealed record Single<T>(Resource<T> Data);

internal sealed record Page<T>(IReadOnlyList<Resource<T>> Data, PageLinks? Links = null);

internal sealed record Resource<T>(string Id, T Attributes);

internal sealed record PageLinks(string? Next = null);

internal sealed record Created(CreatedResource Data);

internal sealed record CreatedResource(string Id, CreatedAttributes? Attributes = null);

internal sealed record CreatedAttributes(DateTimeOffset? CreatedAt = null);

internal sealed record AccountAttributes(
    ContactInformation ContactInformation,
    string Timezone,
    string PreferredCurrency,
    bool TestAccount
);

internal sealed record ContactInformation(string? OrganizationName = null);

internal sealed record ListAttributes(
    string? Name = null,
    string? OptInProcess = null,
    DateTimeOffset? Created = null,
    DateTimeOffset? Updated = null,
    int? ProfileCount = null
);

internal sealed record ImportJobAttributes(
    string Status,
    int TotalCount,
    int? CompletedCount = null,
    int? FailedCount = null,
    DateTimeOffset? CreatedAt = null,
    DateTimeOffset? ExpiresAt = null,
    DateTimeOffset? CompletedAt = null
);

internal sealed record ProfileAttributes(string? Email = null, DateTimeOffset? JoinedGroupAt = null);
