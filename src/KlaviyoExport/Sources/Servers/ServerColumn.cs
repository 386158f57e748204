namespace KlaviyoExport.Sources.Servers;

/// <summary>A column as in the catalog of the server.</summary>
/// <param name="Type">The name of the type. For a domain or alias, the underlying type.</param>
internal sealed record ServerColumn(string Name, string Type, ColumnFamily Family)
{
    /// <summary>Whether its values are written as people write. All other types have one way to write a value.</summary>
    public bool IsText => Family == ColumnFamily.Text && Type is not ("money" or "smallmoney");

    /// <summary>Whether two columns have numbers, of types that write the same number in different ways.</summary>
    public static bool AreUnlikeNumbers(ServerColumn one, ServerColumn other) =>
        one.IsNumber
        && other.IsNumber
        && (
            one.Family != other.Family
            || one.Family == ColumnFamily.Decimal
            // Of a hundred million, some servers and drivers write 1E+08 for a float of 32 bits only.
            || (one.Family == ColumnFamily.Float && one.Type != other.Type)
        );

    private bool IsNumber => Family is ColumnFamily.Whole or ColumnFamily.Decimal or ColumnFamily.Float;

    /// <summary>
    /// Returns the declared type, unless there are values that do not fit it, such as an ID too long for an exact number, a date named
    /// infinity, or a 2 in a column of yes or no. For text the values decide.
    /// </summary>
    public FieldType TypeOf(Field seen) =>
        (Family, seen) switch
        {
            (_, { FillRate: > 0, Type: FieldType.Text }) => FieldType.Text,
            (ColumnFamily.Whole, _) => FieldType.WholeNumber,
            (ColumnFamily.Decimal or ColumnFamily.Float, _) => FieldType.Number,
            // A tinyint(1) of MySQL may also hold other numbers.
            (ColumnFamily.YesNo, { FillRate: > 0 }) => seen.Type,
            (ColumnFamily.YesNo, _) => FieldType.YesNo,
            (ColumnFamily.Date, _) => FieldType.Date,
            (ColumnFamily.Moment or ColumnFamily.MomentWithOffset, _) => FieldType.Moment,
            (ColumnFamily.Binary, _) => FieldType.Text,
            _ => seen.Type,
        };
}
