namespace KlaviyoExport.Sources.Remote;

/// <summary>What a test has found in a store.</summary>
/// <param name="Count">The number of files that match.</param>
/// <param name="Newest">The newest of them, at most <see cref="Shown"/>, the newest first.</param>
/// <param name="Read">Those that would be read, in this order.</param>
public sealed record RemoteFindings(long Count, IReadOnlyList<RemoteFile> Newest, IReadOnlyList<RemoteFile> Read)
{
    /// <summary>The number of files that are listed for people.</summary>
    public const int Shown = 20;

    /// <summary>The number of files that one source can have.</summary>
    internal const int MostFiles = 10_000;

    /// <summary>The number of files that are looked at.</summary>
    internal const int MostListed = 1_000_000;

    private static readonly Comparer<RemoteFile> ByAge = Comparer<RemoteFile>.Create(
        (left, right) =>
            left.ChangedAt != right.ChangedAt ? left.ChangedAt.CompareTo(right.ChangedAt) : string.CompareOrdinal(left.Name, right.Name)
    );

    public bool IsRead(RemoteFile file) => Read.Contains(file);

    /// <summary>Lists a store and chooses the files to read. Only those that are chosen or shown are kept in memory.</summary>
    /// <param name="found">The files of the store.</param>
    /// <param name="files">Which of them to read.</param>
    /// <param name="place">The place for messages.</param>
    /// <exception cref="SourceException">There is none, or there are too many.</exception>
    internal static async Task<RemoteFindings> OfAsync(IAsyncEnumerable<RemoteFile> found, RemoteFiles files, string place)
    {
        var newest = new SortedSet<RemoteFile>(ByAge);
        var all = new List<RemoteFile>();
        var (listed, count) = (0, 0L);
        await foreach (var file in found)
        {
            if (++listed > MostListed)
                throw new SourceException(new LocalizedMessage("Sources.TooManyListed", place, MostListed));
            if (!Matches(file.LastPart, files.Pattern))
                continue;
            count++;
            newest.Add(file);
            if (newest.Count > Shown)
                newest.Remove(newest.Min!);
            if (files.Choice == RemoteChoice.All)
                all.Add(file);
            if (all.Count > MostFiles)
                throw new SourceException(new LocalizedMessage("Sources.TooManyFiles", place, MostFiles));
        }
        if (count == 0)
            throw new SourceException(
                listed == 0
                    ? new LocalizedMessage("Sources.NothingThere", place)
                    : new LocalizedMessage(
                        "Sources.NothingMatches",
                        place,
                        listed,
                        files.Pattern ?? string.Join(", ", Csv.CsvFiles.Endings)
                    )
            );
        all.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return new RemoteFindings(count, [.. newest.Reverse()], files.Choice == RemoteChoice.All ? all : [newest.Max!]);
    }

    // Names that start with a dot or an underscore are notes of the programs that wrote the files, such as _SUCCESS.
    private static bool Matches(string name, string? pattern) =>
        pattern is not null ? System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true)
        : name is ['.' or '_', ..] ? false
        : Csv.CsvFiles.CanRead(name);
}
