using KlaviyoExport.Data;

namespace KlaviyoExport.Sources.Drift;

/// <summary>A table or view that is read besides the profiles of a source.</summary>
/// <param name="Table">The table or view. For a database server: schema and name as one text.</param>
/// <param name="Columns">The columns that are read.</param>
public sealed record TableUse(string Table, KeyColumns Columns);

/// <summary>Finds the tables that the rooms above read besides the profiles of a source, so that they are looked at with its columns.</summary>
public delegate Task<IReadOnlyList<TableUse>> FindTableUses(AppDb db, int sourceId, CancellationToken cancellationToken);
