namespace KlaviyoExport.Lists;

/// <summary>A profile that an export has on its list: what incremental exports compare with and mirror exports take off again.</summary>
public sealed class Delivered
{
    public int ExportId { get; set; }

    /// <summary>Keyed hash of the normalised address.</summary>
    public required byte[] EmailHash { get; set; }

    /// <summary>Hash of the profile as it was accepted; different when a mapped value changed.</summary>
    public required byte[] Fingerprint { get; set; }

    /// <summary>The address, encrypted; kept only for mirror exports, which must name it to Klaviyo to take it off.</summary>
    public byte[]? Email { get; set; }

    /// <summary>The run that found it gone from the segments and is to take it off the list; null while it belongs there.</summary>
    public int? LeavingRunId { get; set; }
}
