namespace KlaviyoExport.Sources.Files;

/// <summary>Reads the rows of one file of any format, from the first to the last.</summary>
internal abstract class FileRows : IDisposable
{
    /// <summary>The maximum length of a row in bytes of UTF-8.</summary>
    public const int LongestRow = 1_000_000;

    /// <summary>The column names as in the file. They may be empty or repeated.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>What was found out about the file.</summary>
    public abstract FileFindings Findings { get; }

    /// <summary>The 1-based number of the line, or of the row of a sheet or table, where the current row starts.</summary>
    public abstract long Line { get; }

    /// <summary>The number of values in the current row.</summary>
    public abstract int Count { get; }

    /// <summary>Why the values of the current row cannot be told apart. Null for a row that is read.</summary>
    public virtual LocalizedMessage? Fault => null;

    /// <summary>How the current row was repaired. Null for a row without faults.</summary>
    public virtual RepairKind? Repair => null;

    /// <summary>Returns a value of the current row in UTF-8. Valid until the next row.</summary>
    public abstract ReadOnlySpan<byte> this[int column] { get; }

    /// <summary>Whether the format has numbers that are not texts.</summary>
    public virtual bool HasNumbers => false;

    /// <summary>Whether a value of the current row is a number in the file, and not a text with digits.</summary>
    public virtual bool IsNumber(int column) => false;

    /// <summary>Moves to the next row.</summary>
    /// <exception cref="SourceException">The rest of the file cannot be read.</exception>
    public abstract bool Read();

    public abstract void Dispose();
}
