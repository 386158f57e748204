namespace KlaviyoExport.Klaviyo;

/// <summary>An import job that Klaviyo has created.</summary>
/// <param name="CreatedAt">When Klaviyo created it, in whole seconds. Null when Klaviyo does not say.</param>
/// <param name="IsOnlyOne">
/// False when an earlier attempt of the same call may have created another job, whose id is not known because its response was lost.
/// </param>
public sealed record ImportReceipt(string JobId, DateTimeOffset? CreatedAt, bool IsOnlyOne);
