namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>An accepted import: its body, the position of each profile in it, and its lists.</summary>
internal sealed record ImportRequest(
    ReadOnlyMemory<byte> Body,
    IReadOnlyList<(int Start, int Length)> Profiles,
    IReadOnlyList<string> Lists
)
{
    /// <summary>
    /// Klaviyo documents "5MB" and "100KB". The decimal interpretation is the smaller one, so a client that respects it is always safe.
    /// </summary>
    public const int MaxBodyBytes = 5_000_000;

    public const int MaxProfileBytes = 100_000;

    public const int MaxProfiles = 10_000;

    public const string ProfilesPointer = "/data/attributes/profiles/data";

    public ReadOnlyMemory<byte> Profile(int index) => Body.Slice(Profiles[index].Start, Profiles[index].Length);

    public static string PointerTo(int index) => FormattableString.Invariant($"{ProfilesPointer}/{index}");
}
