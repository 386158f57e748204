namespace KlaviyoExport.Runs;

/// <summary>Which members a run sends.</summary>
public enum SyncMode
{
    /// <summary>All members, in every run.</summary>
    Full,

    /// <summary>Members that are new, or whose mapped values have changed since Klaviyo last accepted them from this export.</summary>
    Incremental,

    /// <summary>As incremental. In addition, profiles that left the segments are removed from the list if this export added them.</summary>
    Mirror,
}
