namespace KlaviyoExport.Sources.Files;

/// <summary>Protects against files that unpack to much more than they seem to be.</summary>
/// <param name="MaxUnpackedBytes">The maximum size of the content.</param>
internal sealed record PackedLimits(long MaxUnpackedBytes)
{
    /// <summary>The maximum number of files in a zip archive.</summary>
    public const int MostEntries = 10_000;

    /// <summary>Real data is packed to a fiftieth at best.</summary>
    private const int MostRatio = 200;

    /// <summary>The size below which the ratio does not matter.</summary>
    private const long Harmless = 100_000_000;

    /// <exception cref="SourceException">The content is too large.</exception>
    public void Demand(long unpacked, long packed, string name)
    {
        if (unpacked > MaxUnpackedBytes)
            throw new SourceException(new LocalizedMessage("Sources.UnpacksTooLarge", name, MaxUnpackedBytes));
        if (unpacked > Harmless && unpacked / MostRatio > packed)
            throw new SourceException(new LocalizedMessage("Sources.UnpacksTooMuch", name, MostRatio));
    }
}
