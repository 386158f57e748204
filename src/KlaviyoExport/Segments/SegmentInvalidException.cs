namespace KlaviyoExport.Segments;

/// <summary>Thrown when a definition cannot be saved. The message is that of the first fault.</summary>
public sealed class SegmentInvalidException(IReadOnlyList<SegmentFault> faults) : LocalizedException(faults[0].LocalizedMessage)
{
    public IReadOnlyList<SegmentFault> Faults { get; } = faults;
}
