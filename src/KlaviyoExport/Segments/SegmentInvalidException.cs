namespace KlaviyoExport.Segments;

/// <summary>A definition cannot be kept. The message is the first fault's.</summary>
public sealed class SegmentInvalidException(IReadOnlyList<SegmentFault> faults) : LocalizedException(faults[0].LocalizedMessage)
{
    public IReadOnlyList<SegmentFault> Faults { get; } = faults;
}
