namespace KlaviyoExport.Sandbox.Requests;

/// <summary>A request that the sandbox received. It never contains a key, a query or a body.</summary>
/// <param name="At">When it was received.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path without the query.</param>
/// <param name="Status">The status of the response. 0 when a fault reset the connection.</param>
/// <param name="Count">The number of profiles, lists or IDs in the request or response.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Who">The account and the name of the key or app. Null when the sender is unknown.</param>
/// <param name="Faults">The kinds of faults that affected it.</param>
public sealed record RequestEntry(
    DateTimeOffset At,
    string Method,
    string Path,
    int Status,
    int? Count,
    TimeSpan Took,
    string? Who,
    string Faults
);
