using System.Text.Json.Serialization;
using KlaviyoExport.Recurrences;

namespace KlaviyoExport.Exports;

/// <summary>What happens when a scheduled time passes while the product is down.</summary>
public enum WhenMissed
{
    RunOnce,
    Skip,
}

/// <summary>What happens when a scheduled time comes while the export is still running.</summary>
public enum WhenBusy
{
    Wait,
    Skip,
}

/// <summary>When an export runs automatically.</summary>
public sealed record ExportSchedule
{
    public bool IsOn { get; init; }

    /// <summary>The export's own recurrence. Null to run with every system refresh.</summary>
    public Recurrence? Own { get; init; }

    /// <summary>Whether the export runs with every system refresh.</summary>
    [JsonIgnore]
    public bool FollowsRefresh => IsOn && Own is null;

    public WhenMissed WhenMissed { get; init; }

    public WhenBusy WhenBusy { get; init; }
}
