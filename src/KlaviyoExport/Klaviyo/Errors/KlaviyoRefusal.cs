namespace KlaviyoExport.Klaviyo;

/// <summary>Describes why Klaviyo refused a call. The same call would be refused again, so it is not retried.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Errors">Klaviyo's error objects. May be empty: for example, a 413 often comes from a proxy.</param>
public sealed record KlaviyoRefusal(int Status, KlaviyoRefusalKind Kind, IReadOnlyList<KlaviyoError> Errors)
{
    /// <summary>
    /// Whether an earlier attempt of the call may have taken effect. Klaviyo refused the last attempt, but the result of an earlier one
    /// is unknown.
    /// </summary>
    public bool MayHaveArrived { get; init; }

    /// <summary>
    /// Whether the account does not have the list that the call was about. Klaviyo returns 404 when a missing list is read. It returns
    /// 400, with a pointer to the list relationship, when profiles are imported into a missing list.
    /// </summary>
    public bool IsListMissing =>
        Kind == KlaviyoRefusalKind.NotFound
        || (
            Kind == KlaviyoRefusalKind.Invalid
            && Errors.Any(error => error.Pointer?.StartsWith("/data/relationships/lists", StringComparison.Ordinal) == true)
        );

    /// <summary>
    /// Returns the kind, status and error codes for logs. Leaves out Klaviyo's details, because they may contain personal data.
    /// </summary>
    public override string ToString() => $"{Kind} ({Status}{string.Concat(Errors.Select(e => ", " + e.Code).Distinct())})";

    /// <summary>The refusal for text that cannot be an id. It is returned without a request to Klaviyo.</summary>
    internal static KlaviyoRefusal InvalidId { get; } =
        new(
            404,
            KlaviyoRefusalKind.NotFound,
            [
                new KlaviyoError(
                    null,
                    404,
                    "not_found",
                    "Not found.",
                    "Klaviyo's ids are letters, digits, '-' and '_'; this one holds something else.",
                    null,
                    null
                ),
            ]
        );
}

/// <summary>The reasons why Klaviyo refuses a call, by HTTP status.</summary>
public enum KlaviyoRefusalKind
{
    /// <summary>Any other status.</summary>
    Other,

    /// <summary>401: The key or token is wrong, revoked or from another account.</summary>
    InvalidKey,

    /// <summary>403: The key is valid but does not have a scope that the call requires.</summary>
    MissingScope,

    /// <summary>404: The list, job or profile does not exist in the account.</summary>
    NotFound,

    /// <summary>410: Klaviyo no longer supports the API revision of the call.</summary>
    RetiredRevision,

    /// <summary>400 or 422: The request is invalid. The errors point to the invalid parts.</summary>
    Invalid,

    /// <summary>413: The request body is too large.</summary>
    TooLarge,

    /// <summary>409: The request conflicts with existing data, for example a duplicate.</summary>
    Conflict,
}
