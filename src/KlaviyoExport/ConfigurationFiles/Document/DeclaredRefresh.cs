using KlaviyoExport.Recurrences;
using KlaviyoExport.Scheduling;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>The schedule of the system refresh in a configuration file.</summary>
internal sealed record DeclaredRefresh
{
    public bool Enabled { get; init; }

    /// <summary>Daily or weekly.</summary>
    public Recurrence Times { get; init; } = new();

    public static DeclaredRefresh Of(RefreshPlan plan) => new() { Enabled = plan.IsOn, Times = plan.Recurrence };
}
