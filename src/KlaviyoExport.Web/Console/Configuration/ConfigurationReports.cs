namespace KlaviyoExport.Web.Console.Configuration;

/// <summary>What applying a file would change, as the HTTP API and the option <c>--json</c> describe it.</summary>
/// <param name="State">A hash of the present configuration.</param>
internal sealed record PlanReport(string State, IReadOnlyList<ChangeReport> Changes);

/// <summary>The result of applying a file.</summary>
/// <param name="IsComplete">Whether the installation has everything that the file says.</param>
internal sealed record ApplyReport(string State, bool IsComplete, IReadOnlyList<ChangeResultReport> Changes);

/// <summary>A change.</summary>
/// <param name="Kind">"add", "change" or "remove".</param>
/// <param name="Item">The kind of the item, such as "export".</param>
/// <param name="Loss">What is deleted for good. Null for nothing.</param>
/// <param name="NeedsPrune">Whether it is made only with <c>--prune</c>.</param>
internal sealed record ChangeReport(
    string Kind,
    string Item,
    string Name,
    IReadOnlyList<PropertyReport> Properties,
    LossReport? Loss,
    bool NeedsPrune
);

/// <summary>A changed property, with its values as in a file.</summary>
internal sealed record PropertyReport(string Path, string? Old, string? New);

/// <summary>What a change deletes: runs of an export, their rejections, and whom the export has delivered.</summary>
internal sealed record LossReport(int Runs, int Rejections, int Memberships);

/// <summary>A change with what became of it.</summary>
/// <param name="Outcome">"applied", "kept", "refused", "failed" or "notReached".</param>
/// <param name="Text">Why it was not made. Null when it was.</param>
internal sealed record ChangeResultReport(ChangeReport Change, string Outcome, string? Text);
