namespace KlaviyoExport.Runs;

/// <summary>Which members a run sends.</summary>
public enum SyncMode
{
    /// <summary>All members, in every run.</summary>
    Full,

    /// <summary>Members that are new, or whose mapped values have changed since Klaviyo last accepted them from this export.</summary>
    Incremental,

    /// <summary>
    /// As incremental. In addition, people who left the segments are taken off the list when no export to the list holds them any more, if
    /// a delivery of this installation put them there.
    /// </summary>
    Mirror,
}
