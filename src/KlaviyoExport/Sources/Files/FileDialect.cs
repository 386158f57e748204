namespace KlaviyoExport.Sources.Files;

/// <summary>How the files of a source are read. Null means to find it out in each file.</summary>
public sealed record FileDialect
{
    /// <summary>The name of an encoding of <see cref="TextEncodings.Names"/>.</summary>
    public string? Encoding { get; set; }

    /// <summary>Whether a backslash escapes quotes.</summary>
    public bool? HasEscape { get; set; }

    /// <summary>The number of lines or rows above the header, at most <see cref="MostLines"/>.</summary>
    public int? LinesToSkip { get; set; }

    /// <summary>One character. Lines that start with it are not read. None by default.</summary>
    public string? Comment { get; set; }

    /// <summary>The sheet of a workbook. The first one by default.</summary>
    public string? Sheet { get; set; }

    /// <summary>The limit of <see cref="LinesToSkip"/>.</summary>
    public const int MostLines = 1_000;

    /// <summary>Returns the dialect with its texts trimmed and empty ones as null. Null when nothing is chosen.</summary>
    /// <exception cref="SourceException">A value is not valid. The message names it.</exception>
    internal FileDialect? Checked()
    {
        var dialect = this with { Encoding = Text(Encoding), Comment = Text(Comment), Sheet = Text(Sheet) };
        if (dialect.Encoding is { } encoding && !TextEncodings.Names.Contains(encoding))
            throw new SourceException(new LocalizedMessage("Sources.EncodingUnknown", encoding));
        if (dialect.LinesToSkip is < 0 or > MostLines)
            throw new SourceException(new LocalizedMessage("Sources.LinesToSkipInvalid", MostLines));
        if (dialect.Comment is { } comment && (comment.Length != 1 || !char.IsAscii(comment[0]) || char.IsAsciiLetterOrDigit(comment[0])))
            throw new SourceException(new LocalizedMessage("Sources.CommentInvalid"));
        return dialect == new FileDialect() ? null : dialect;
    }

    private static string? Text(string? entered) => string.IsNullOrWhiteSpace(entered) ? null : entered.Trim();
}
