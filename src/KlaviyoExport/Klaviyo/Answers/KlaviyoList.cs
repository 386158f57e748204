namespace KlaviyoExport.Klaviyo;

/// <param name="Name">Klaviyo allows a list without one; then it is empty.</param>
/// <param name="ProfileCount">Members, only where it was asked for.</param>
public sealed record KlaviyoList(
    string Id,
    string Name,
    OptInProcess OptIn,
    DateTimeOffset? Created,
    DateTimeOffset? Updated,
    int? ProfileCount
);

/// <summary>
/// How people who subscribe themselves get on the list. A bulk import passes by it: the profiles join the list, their consent stays as it
/// was.
/// </summary>
public enum OptInProcess
{
    Unknown,
    SingleOptIn,
    DoubleOptIn,
}
