namespace KlaviyoExport.Lists;

/// <summary>A person whom the last run of an export has taken off the list. Stored so that the run can be undone.</summary>
public sealed class RemovedMember
{
    public int RunId { get; set; }

    /// <summary>The keyed hash of the normalized email address.</summary>
    public required byte[] EmailHash { get; set; }

    /// <summary>The email address, encrypted by <see cref="AddressCipher"/>.</summary>
    public required byte[] Email { get; set; }

    /// <summary>Klaviyo's ID of the profile.</summary>
    public required string KlaviyoId { get; set; }
}
