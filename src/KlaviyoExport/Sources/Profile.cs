namespace KlaviyoExport.Sources;

/// <summary>A unified customer profile. The values are in the order of the requested fields, as invariant text. Null when empty.</summary>
public sealed record Profile(string Key, IReadOnlyList<string?> Values);
