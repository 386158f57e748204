namespace KlaviyoExport.Overview;

/// <summary>What a person has changed that decides what a run delivers.</summary>
public enum EditedPart
{
    /// <summary>The export: its mapping, segments, list, list rules, audience or sync mode.</summary>
    Export,

    /// <summary>A segment of the export, or one that it refers to.</summary>
    Segment,

    /// <summary>How the source is read.</summary>
    Source,

    /// <summary>The connection, its key or its limit.</summary>
    Connection,
}

/// <summary>A change that a person made between two runs of an export.</summary>
/// <param name="Name">The name of the changed item after the change.</param>
/// <param name="SubjectId">The ID of the changed item.</param>
/// <param name="By">The name of the person.</param>
/// <param name="Detail">What was changed. Null when the reader may not know it.</param>
public sealed record DefinitionEdit(EditedPart Part, string Name, int SubjectId, DateTimeOffset At, string By, LocalizedMessage? Detail);
