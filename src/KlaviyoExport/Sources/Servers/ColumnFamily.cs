namespace KlaviyoExport.Sources.Servers;

/// <summary>What the declared type of a column says about its values.</summary>
internal enum ColumnFamily
{
    /// <summary>The type says nothing: text, and all types that are read as text.</summary>
    Text,
    Whole,
    Decimal,
    Float,
    YesNo,
    Date,
    Moment,
    MomentWithOffset,
    Binary,
}
