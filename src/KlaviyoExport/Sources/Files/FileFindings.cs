namespace KlaviyoExport.Sources.Files;

/// <summary>What was found out about a file. Null where it does not apply to the format.</summary>
public sealed record FileFindings(FileFormat Format)
{
    /// <summary>The name of the encoding, such as "windows-1250".</summary>
    public string? Encoding { get; init; }

    /// <summary>The encodings that the text could also have, the likeliest first. Empty when there is no doubt.</summary>
    public IReadOnlyList<EncodingCandidate> Candidates { get; init; } = [];

    public char? Delimiter { get; init; }

    /// <summary>Whether a backslash escapes quotes.</summary>
    public bool? HasEscape { get; init; }

    /// <summary>The number of lines or rows above the header.</summary>
    public int? LinesToSkip { get; init; }

    /// <summary>The sheets of a workbook.</summary>
    public IReadOnlyList<string> Sheets { get; init; } = [];

    /// <summary>The sheet that is read.</summary>
    public string? Sheet { get; init; }

    /// <summary>The number of columns with nested values, which are left out.</summary>
    public int NestedColumns { get; init; }
}

/// <summary>The formats of files.</summary>
public enum FileFormat
{
    Delimited,
    Json,
    Excel,
    Parquet,
}

/// <summary>An encoding that a file may have.</summary>
/// <param name="Name">The name of the encoding.</param>
/// <param name="Words">Words of the file with the characters that differ between the candidates.</param>
public sealed record EncodingCandidate(string Name, IReadOnlyList<string> Words);
