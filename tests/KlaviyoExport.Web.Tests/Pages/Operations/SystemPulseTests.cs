using System.Collections.Concurrent;
using System.Globalization;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Web.Pages.Operations;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Operations;

public sealed class SystemPulseTests
{
    [Fact]
    public async Task Each_watcher_is_called_back_in_their_own_language()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        using var pulse = new SystemPulse(context.Ui.Services.GetRequiredService<IDbContextFactory<AppDb>>(), context.Clock);
        var heard = new ConcurrentQueue<string>();
        using var all = new CountdownEvent(2);
        using var english = Watch("en");
        using var serbian = Watch("sr-Cyrl");

        context.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(all.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal(["en", "sr-Cyrl"], heard.Order(StringComparer.Ordinal));

        IDisposable Watch(string language)
        {
            CultureInfo.CurrentUICulture = new CultureInfo(language);
            return pulse.Watch(() =>
            {
                heard.Enqueue(CultureInfo.CurrentUICulture.Name);
                all.Signal();
            });
        }
    }
}
