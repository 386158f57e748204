namespace KlaviyoExport.Sources.Files;

/// <summary>Columns without a name in the header: those without values are left out.</summary>
internal static class NamelessColumns
{
    /// <summary>Returns the fields except nameless ones without values, and counts both.</summary>
    public static IReadOnlyList<Field> Without(IEnumerable<Field> fields, SourceFile file, Repairs repairs)
    {
        var kept = new List<Field>();
        foreach (var (index, field) in fields.Index())
        {
            if (!file.Nameless.Contains(index))
                kept.Add(field);
            else if (field.FillRate > 0)
            {
                kept.Add(field);
                repairs.Add(RepairKind.NamedColumns);
            }
            else
                repairs.Add(RepairKind.EmptyColumns);
        }
        return kept;
    }
}
