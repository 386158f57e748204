namespace KlaviyoExport.Sources.Servers;

/// <summary>What a column's declared type says about its values.</summary>
internal enum ColumnFamily
{
    /// <summary>Nothing: text, and everything that is read as text.</summary>
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
