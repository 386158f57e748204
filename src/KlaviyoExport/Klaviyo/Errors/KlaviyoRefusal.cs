namespace KlaviyoExport.Klaviyo;

/// <summary>Klaviyo understood the call and said no; asking again the same way would get the same answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Errors">What Klaviyo said, possibly nothing (a 413 often comes from in front of it).</param>
public sealed record KlaviyoRefusal(int Status, KlaviyoRefusalKind Kind, IReadOnlyList<KlaviyoError> Errors)
{
    /// <summary>
    /// This try was refused, but an earlier one of the same call was never answered: Klaviyo may have done what that one asked for.
    /// </summary>
    public bool MayHaveArrived { get; init; }

    /// <summary>
    /// Of a call about a list: the account has no such list. Asked for, a missing list is a 404; sent to, it is a 400 that points at the
    /// relationship.
    /// </summary>
    public bool SaysListIsMissing =>
        Kind == KlaviyoRefusalKind.NotFound
        || (
            Kind == KlaviyoRefusalKind.Invalid
            && Errors.Any(error => error.Pointer?.StartsWith("/data/relationships/lists", StringComparison.Ordinal) == true)
        );

    /// <summary>For logs and developers: kind, status and codes, without Klaviyo's details, which may quote personal data.</summary>
    public override string ToString() => $"{Kind} ({Status}{string.Concat(Errors.Select(e => ", " + e.Code).Distinct())})";

    internal static KlaviyoRefusal ImpossibleId { get; } =
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

public enum KlaviyoRefusalKind
{
    Other,

    /// <summary>401: the key or token is wrong, revoked or of another account.</summary>
    InvalidKey,

    /// <summary>403: the key is good but was not given a scope this call needs.</summary>
    MissingScope,

    /// <summary>404: no such list, job or profile in this account.</summary>
    NotFound,

    /// <summary>410: Klaviyo no longer serves the revision this product speaks.</summary>
    RetiredRevision,

    /// <summary>400: something in the request is wrong; the errors point at it.</summary>
    Invalid,

    /// <summary>413: the body is larger than Klaviyo takes.</summary>
    TooLarge,

    /// <summary>409: a duplicate.</summary>
    Conflict,
}
