namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>An accepted import as it was sent: the body, where in it each profile stands, and the lists it names.</summary>
internal sealed record ImportRequest(
    ReadOnlyMemory<byte> Body,
    IReadOnlyList<(int Start, int Length)> Profiles,
    IReadOnlyList<string> Lists
)
{
    /// <summary>
    /// Klaviyo says "5MB" and "100KB"; the decimal reading is the smaller, so a client that keeps to it is safe either way.
    /// </summary>
    public const int MaxBodyBytes = 5_000_000;

    public const int MaxProfileBytes = 100_000;

    public const int MaxProfiles = 10_000;

    public const string ProfilesPointer = "/data/attributes/profiles/data";

    public ReadOnlyMemory<byte> Profile(int index) => Body.Slice(Profiles[index].Start, Profiles[index].Length);

    public static string PointerTo(int index) => FormattableString.Invariant($"{ProfilesPointer}/{index}");
}
