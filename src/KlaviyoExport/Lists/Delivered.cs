namespace KlaviyoExport.Lists;

/// <summary>
/// A profile that an export has added to its list. Incremental exports compare members with it, and mirror exports remove it when it
/// leaves the segments.
/// </summary>
public sealed class Delivered
{
    public int ExportId { get; set; }

    /// <summary>The keyed hash of the normalized email address.</summary>
    public required byte[] EmailHash { get; set; }

    /// <summary>The hash of the accepted profile. It differs when a mapped value has changed.</summary>
    public required byte[] Fingerprint { get; set; }

    /// <summary>
    /// The email address, encrypted. It is stored for mirror exports only, because Klaviyo needs it to remove the profile.
    /// </summary>
    public byte[]? Email { get; set; }

    /// <summary>
    /// The run that found that the profile has left the segments and that will remove it from the list. Null while the profile is a
    /// member.
    /// </summary>
    public int? LeavingRunId { get; set; }
}
