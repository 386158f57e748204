using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace KlaviyoExport.Data;

/// <summary>For <c>dotnet ef</c> only; it connects to nothing.</summary>
internal sealed class DesignTimeSqlServer : IDesignTimeDbContextFactory<SqlServerAppDb>
{
    public SqlServerAppDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqlServerAppDb>().UseSqlServer("Server=localhost").Options);
}
