namespace KlaviyoExport.Sources;

/// <summary>One unified customer. Values are in the order of the fields asked for, in invariant text, null when empty.</summary>
public sealed record Profile(string Key, IReadOnlyList<string?> Values);
