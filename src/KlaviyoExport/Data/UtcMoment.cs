using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace KlaviyoExport.Data;

/// <summary>A moment as servers keep it: by UTC. PostgreSQL takes no other, and SQL Server would give the offset back.</summary>
internal sealed class UtcMoment() : ValueConverter<DateTimeOffset, DateTimeOffset>(at => at.ToUniversalTime(), at => at);
