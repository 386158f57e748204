namespace KlaviyoExport.Sources.Drift;

/// <summary>Decides whether the values of a column still are of the type that they had at the last load.</summary>
internal static class FieldFit
{
    /// <summary>
    /// Whether nothing speaks against the type of the last load. Some rows were examined at most, so a narrower type says nothing.
    /// </summary>
    public static bool Fits(Field seen, Field known) =>
        (seen.Type, known.Type) switch
        {
            var (now, before) when now == before => true,
            (_, FieldType.Text) => true,
            (FieldType.WholeNumber, FieldType.Number) => true,
            (FieldType.Date, FieldType.Moment) => true,
            // A column without values has no type.
            (FieldType.Text, _) => seen.FillRate == 0,
            _ => false,
        };
}
