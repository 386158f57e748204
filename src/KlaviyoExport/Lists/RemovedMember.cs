namespace KlaviyoExport.Lists;

/// <summary>
/// A person whom the last run of an export has taken off the list, so that the run can be undone. For a run that undoes another: a person
/// whom it takes off or may take off.
/// </summary>
public sealed class RemovedMember
{
    public int RunId { get; set; }

    /// <summary>The keyed hash of the normalized email address.</summary>
    public required byte[] EmailHash { get; set; }

    /// <summary>The email address, encrypted by <see cref="AddressCipher"/>.</summary>
    public required byte[] Email { get; set; }

    /// <summary>Klaviyo's ID of the profile.</summary>
    public required string KlaviyoId { get; set; }

    /// <summary>
    /// Whether a run that undoes another has only found the person and not started to take the person off. Such rows are deleted when the
    /// run ends.
    /// </summary>
    public bool IsPlanned { get; set; }

    /// <summary>Whether a run that undoes this removal has started to put the person back.</summary>
    public bool IsReturning { get; set; }
}
