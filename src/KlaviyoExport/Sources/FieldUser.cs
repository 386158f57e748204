using KlaviyoExport.Data;

namespace KlaviyoExport.Sources;

/// <summary>A field of a source, and the name of the segment or export that uses it.</summary>
internal sealed record FieldUser(string Field, string Name);

/// <summary>Finds what the rooms above read from the fields of a source. A field in use cannot be left out.</summary>
internal delegate Task<IReadOnlyList<FieldUser>> FindFieldUsers(AppDb db, int sourceId, CancellationToken cancellationToken);
