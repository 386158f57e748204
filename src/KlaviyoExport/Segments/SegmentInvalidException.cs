namespace KlaviyoExport.Segments;

/// <summary>A definition cannot be kept. The notice is the first fault's.</summary>
public sealed class SegmentInvalidException(IReadOnlyList<SegmentFault> faults) : NoticeException(faults[0].Notice)
{
    public IReadOnlyList<SegmentFault> Faults { get; } = faults;
}
