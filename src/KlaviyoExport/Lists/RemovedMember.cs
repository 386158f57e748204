namespace KlaviyoExport.Lists;

/// <summary>
/// A person whom a run has taken off the list, or may have taken off because its answer was lost. By it the run can be undone while it is the
/// last one, and the person can be told of it. It is deleted after the retention period of rejections.
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
