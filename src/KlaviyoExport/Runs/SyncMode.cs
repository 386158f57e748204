namespace KlaviyoExport.Runs;

/// <summary>What a run sends.</summary>
public enum SyncMode
{
    /// <summary>Every member, every time.</summary>
    Full,

    /// <summary>Members that are new or whose mapped values changed since this export last had them accepted.</summary>
    Incremental,

    /// <summary>As incremental, and members who left the segments are taken off the list if this export put them there.</summary>
    Mirror,
}
