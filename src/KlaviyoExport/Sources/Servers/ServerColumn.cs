namespace KlaviyoExport.Sources.Servers;

/// <summary>A column as the catalogue has it.</summary>
/// <param name="Type">The type's name there; of a domain or alias, the type beneath.</param>
internal sealed record ServerColumn(string Name, string Type, ColumnFamily Family)
{
    /// <summary>
    /// The declared type, unless there are values that do not keep to it: an id too long for a number to hold exactly, a date called
    /// infinity. Text says nothing, so its values decide.
    /// </summary>
    public FieldType TypeOf(Field seen) =>
        (Family, seen) switch
        {
            (_, { FillRate: > 0, Type: FieldType.Text }) => FieldType.Text,
            (ColumnFamily.Whole, _) => FieldType.WholeNumber,
            (ColumnFamily.Decimal or ColumnFamily.Float, _) => FieldType.Number,
            (ColumnFamily.YesNo, _) => FieldType.YesNo,
            (ColumnFamily.Date, _) => FieldType.Date,
            (ColumnFamily.Moment or ColumnFamily.MomentWithOffset, _) => FieldType.Moment,
            (ColumnFamily.Binary, _) => FieldType.Text,
            _ => seen.Type,
        };
}
