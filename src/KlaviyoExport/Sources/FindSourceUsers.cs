using KlaviyoExport.Data;

namespace KlaviyoExport.Sources;

/// <summary>The names of what a room above has built on a source; a source in use is not removed.</summary>
public delegate Task<IReadOnlyList<string>> FindSourceUsers(AppDb db, int sourceId, CancellationToken cancellationToken);
