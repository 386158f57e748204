namespace KlaviyoExport.Klaviyo;

/// <summary>The profiles of a bulk import, as a <see cref="ProfileWriter"/> has written them, separated by commas.</summary>
/// <param name="Count">The number of profiles. At least 1.</param>
/// <param name="Length">Their length in bytes, with the commas.</param>
/// <param name="Open">Opens them for reading. It is called once for each attempt of the call.</param>
public sealed record ImportProfiles(int Count, long Length, Func<Stream> Open);
