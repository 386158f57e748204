using KlaviyoExport.Alerts.Sending;
using KlaviyoExport.Alerts.Watching;
using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests.Alerts;

/// <summary>Several servers with one store on PostgreSQL.</summary>
[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class AlertClusterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_servers_that_look_and_send_at_the_same_time_tell_once()
    {
        await using var server = MailServer.Start();
        await using var desk = await AlertDesk.CreateAsync(server.Settings);
        using var other = desk.Product.AnotherNode();
        IServiceProvider[] nodes = [desk.Product.Services, other.Services];
        for (var round = 0; round < 3; round++)
        {
            await desk.AddRunAsync(RunState.FailedPermanent);
            await Task.WhenAll(nodes.Select(node => node.GetRequiredService<AlertWatch>().LookAsync(Cancel)));
            desk.Clock.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAll(nodes.Select(node => node.GetRequiredService<OutboxSender>().SendDueAsync(Cancel)));
        }

        Assert.Equal(
            ["admin@staff.example", "carla@staff.example"],
            server.Mails.Select(mail => mail.To.Mailboxes.Single().Address).Order(StringComparer.Ordinal)
        );
    }
}
