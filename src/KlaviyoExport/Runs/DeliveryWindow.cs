namespace KlaviyoExport.Runs;

/// <summary>The time in which Klaviyo imported a batch and added its profiles to the list.</summary>
/// <param name="From">When Klaviyo created the first job of the batch.</param>
/// <param name="Until">When the last job of the batch was complete.</param>
public readonly record struct DeliveryWindow(DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>
    /// How long a batch without a result may still be imported. A person who joins the list later did not join through it.
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Whether the window contains a time of Klaviyo's, which has whole seconds.</summary>
    public bool Contains(DateTimeOffset joined) => Floor(joined) >= Floor(From) && Floor(joined) <= Floor(Until);

    private static long Floor(DateTimeOffset at) => at.ToUnixTimeSeconds();
}
