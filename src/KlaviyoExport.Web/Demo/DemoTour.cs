using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Demo;

/// <summary>The short tour of the demo, which begins at the export that is ready to run.</summary>
internal sealed class DemoTour(IDbContextFactory<AppDb> stores, KlaviyoExport.Sandbox.SandboxServer sandbox)
{
    /// <summary>The page of the sandbox Klaviyo, which shows what has arrived there.</summary>
    public Uri Klaviyo => sandbox.BaseAddress;

    /// <summary>Returns the address of the page of the ready export. Null when a person has removed all exports.</summary>
    public async Task<string?> BeginningAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var id = await db.Set<Export>()
            .OrderBy(export => export.Id)
            .Select(export => (int?)export.Id)
            .FirstOrDefaultAsync(cancellationToken);
        return id is null ? null : $"exports/{id}";
    }
}
