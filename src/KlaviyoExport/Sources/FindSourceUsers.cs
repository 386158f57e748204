using KlaviyoExport.Data;

namespace KlaviyoExport.Sources;

/// <summary>Finds the names of what the rooms above have built on a source. A source in use cannot be removed.</summary>
public delegate Task<IReadOnlyList<string>> FindSourceUsers(AppDb db, int sourceId, CancellationToken cancellationToken);
