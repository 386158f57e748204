using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace KlaviyoExport.Data;

/// <summary>
/// Stores a <see cref="DateTimeOffset"/> in UTC. PostgreSQL accepts no other offset, and SQL Server would return the original offset.
/// </summary>
internal sealed class UtcConverter() : ValueConverter<DateTimeOffset, DateTimeOffset>(at => at.ToUniversalTime(), at => at);
