namespace KlaviyoExport.Klaviyo;

/// <summary>A list of a Klaviyo account.</summary>
/// <param name="Name">Empty when the list has no name, which Klaviyo allows.</param>
/// <param name="ProfileCount">The number of profiles on the list. Null when the count was not requested.</param>
public sealed record KlaviyoList(
    string Id,
    string Name,
    OptInProcess OptIn,
    DateTimeOffset? Created,
    DateTimeOffset? Updated,
    int? ProfileCount
);

/// <summary>
/// How a list adds people who subscribe to it. A bulk import ignores this setting: it adds profiles to the list and does not change their
/// consent.
/// </summary>
public enum OptInProcess
{
    /// <summary>Klaviyo does not say, or returned a value that this product does not know.</summary>
    Unknown,

    /// <summary>A person joins the list without a confirmation.</summary>
    SingleOptIn,

    /// <summary>A person must confirm the subscription before joining the list.</summary>
    DoubleOptIn,
}
