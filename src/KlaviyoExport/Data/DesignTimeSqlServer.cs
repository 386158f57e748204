using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace KlaviyoExport.Data;

/// <summary>Creates the context for <c>dotnet ef</c>. Does not connect to a database.</summary>
internal sealed class DesignTimeSqlServer : IDesignTimeDbContextFactory<SqlServerAppDb>
{
    public SqlServerAppDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqlServerAppDb>().UseSqlServer("Server=localhost").Options);
}
