using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace KlaviyoExport.Data;

/// <summary>For <c>dotnet ef</c> only; it connects to nothing.</summary>
internal sealed class DesignTimePostgreSql : IDesignTimeDbContextFactory<PostgreSqlAppDb>
{
    public PostgreSqlAppDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgreSqlAppDb>().UseNpgsql("Host=localhost").Options);
}
