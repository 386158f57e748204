namespace KlaviyoExport.Sandbox.Requests;

/// <summary>One request the sandbox has seen. Never holds a key, a query or a body.</summary>
/// <param name="At">When it came in.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path without the query.</param>
/// <param name="Status">What was answered; 0 when a fault cut the connection.</param>
/// <param name="Count">Profiles, lists or ids in it or in the answer.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Who">Account and the name of the key or app; null when nobody was recognised.</param>
/// <param name="Faults">Kinds of the faults that struck it.</param>
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
