namespace KlaviyoExport.Exports;

/// <summary>An export that uses the connection somebody wants to remove.</summary>
/// <param name="RunId">Its run under way; null when it has none.</param>
public sealed record ExportInUse(int Id, string Name, int? RunId)
{
    public bool IsRunning => RunId is not null;
}

/// <summary>What becomes of an export whose connection is removed.</summary>
public enum ExportFate
{
    /// <summary>It goes too, with its runs.</summary>
    Remove,

    /// <summary>It stays without a connection, and cannot run until it is given another.</summary>
    Detach,
}
