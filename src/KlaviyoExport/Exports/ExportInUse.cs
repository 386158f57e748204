namespace KlaviyoExport.Exports;

/// <summary>An export that uses a connection that is to be removed.</summary>
/// <param name="RunId">The run in progress. Null when there is none.</param>
public sealed record ExportInUse(int Id, string Name, int? RunId)
{
    public bool IsRunning => RunId is not null;
}

/// <summary>What happens to an export when its connection is removed.</summary>
public enum RemovalChoice
{
    /// <summary>The export is removed with its runs.</summary>
    Remove,

    /// <summary>The export is kept without a connection. It cannot run until another one is attached.</summary>
    Detach,
}
