using System.Text.Json;
using System.Text.Json.Serialization;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Web.Console.Runs;

/// <summary>A run, as the HTTP API and the option <c>--json</c> describe it.</summary>
/// <param name="State">The name of a <see cref="RunState"/>, in any case.</param>
/// <param name="IsFinal">Whether the run has ended.</param>
/// <param name="Outcome">How the run ended, or what it waits for. Null when there is nothing to say.</param>
/// <param name="Progress">Null when the run is not being executed.</param>
/// <param name="Ledger">The counts of the run, by name.</param>
internal sealed record RunReport(
    int Id,
    int ExportId,
    string? Export,
    string State,
    bool IsFinal,
    string? Outcome,
    DateTimeOffset? QueuedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    RunProgressReport? Progress,
    JsonElement? Ledger
)
{
    private RunState? Known => Enum.TryParse<RunState>(State, ignoreCase: true, out var state) ? state : null;

    /// <summary>Whether nothing happens to the run until a person decides.</summary>
    [JsonIgnore]
    public bool NeedsApproval => Known == RunState.NeedsApproval;

    /// <summary>Whether a temporary fault has stopped the run until its next attempt.</summary>
    [JsonIgnore]
    public bool WaitsForRetry => Known == RunState.FailedRetrying;

    /// <summary>Whether there is nothing to wait for.</summary>
    [JsonIgnore]
    public bool IsAtRest => IsFinal || NeedsApproval;

    [JsonIgnore]
    public RunResult Result =>
        Known switch
        {
            RunState.Successful => RunResult.Successful,
            RunState.CompletedWithWarnings => RunResult.Warnings,
            RunState.NeedsApproval => RunResult.Refused,
            _ when IsFinal => RunResult.Failed,
            RunState.Queued => RunResult.Queued,
            _ => RunResult.Running,
        };

    /// <summary>Returns a count of the ledger. Null when there is none of this name.</summary>
    public long? Count(string name) =>
        Ledger is { ValueKind: JsonValueKind.Object } ledger
        && ledger.TryGetProperty(name, out var count)
        && count.ValueKind == JsonValueKind.Number
            ? count.GetInt64()
            : null;
}

/// <summary>How far the current stage of a run is.</summary>
/// <param name="Total">Null while it is not known.</param>
/// <param name="TimeLeftSeconds">The estimated time until the run ends. Null while it cannot be told.</param>
internal sealed record RunProgressReport(string Stage, long Done, long? Total, double? TimeLeftSeconds);

/// <summary>What became of a run, from the view of whoever waits for it.</summary>
internal enum RunResult
{
    Queued,
    Running,
    Successful,
    Warnings,
    Failed,

    /// <summary>It waits for approval.</summary>
    Refused,
}
