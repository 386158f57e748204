using System.Text.Json.Serialization;
using KlaviyoExport.Recurrences;

namespace KlaviyoExport.Exports;

/// <summary>What happens with a time that passed while the product was down.</summary>
public enum WhenMissed
{
    RunOnce,
    Skip,
}

/// <summary>What happens with a time that comes while the export still runs.</summary>
public enum WhenBusy
{
    Wait,
    Skip,
}

/// <summary>When an export runs by itself.</summary>
public sealed record ExportSchedule
{
    public bool IsOn { get; init; }

    /// <summary>Null: with every system refresh.</summary>
    public Recurrence? Own { get; init; }

    /// <summary>Runs with every system refresh.</summary>
    [JsonIgnore]
    public bool FollowsRefresh => IsOn && Own is null;

    public WhenMissed WhenMissed { get; init; }

    public WhenBusy WhenBusy { get; init; }
}
