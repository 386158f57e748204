using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KlaviyoExport.Tests.Connections;

public class DraftSweepTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_draft_is_swept_a_day_after_its_last_change_and_not_before()
    {
        await using var desk = await DraftDesk.CreateAsync();
        var (left, tended) = (await desk.FillInAsync("Left"), await desk.FillInAsync("Tended"));
        desk.Clock.Shift += TimeSpan.FromHours(23);
        await desk.Drafts.SetNameAsync(Product.Administrator, tended, "Tended still", Cancel);
        await desk.Drafts.SweepAsync(Cancel);
        Assert.NotNull(await desk.FindAsync(left));

        desk.Clock.Shift += TimeSpan.FromMinutes(61);
        await desk.Drafts.SweepAsync(Cancel);

        Assert.Null(await desk.FindAsync(left));
        Assert.NotNull(await desk.FindAsync(tended));
    }

    [Fact]
    public async Task Old_drafts_are_deleted_at_start_and_every_hour()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        var drafts = product.Get<ConnectionDrafts>();
        await drafts.StartAsync(Product.Administrator, Cancel);
        clock.Advance(TimeSpan.FromHours(25));
        var sweep = product.Get<IEnumerable<IHostedService>>().OfType<Sweep<ConnectionDrafts>>().Single();

        await sweep.StartAsync(Cancel);
        await UntilAsync(async () => await CountAsync(product) == 0);
        await drafts.StartAsync(Product.Administrator, Cancel);
        await UntilAsync(() => Task.FromResult(clock.WaitingTimers > 0));
        clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(1, await CountAsync(product));
        // Each tick waits until the one before has deleted the drafts.
        await UntilAsync(async () =>
        {
            clock.Advance(TimeSpan.FromHours(1));
            return await CountAsync(product) == 0;
        });

        await sweep.StopAsync(Cancel);
    }

    [Fact]
    public async Task Tokens_of_a_draft_are_revoked_when_it_expires_is_discarded_or_gets_another_key()
    {
        await using var desk = await DraftDesk.CreateAsync(hasApp: true);
        await desk.Drafts.DiscardAsync(Product.Administrator, await desk.FillInAsync(), Cancel);
        Assert.Equal(1, Revocations(desk));

        var id = await desk.FillInAsync();
        await desk.Drafts.SetKeyAsync(Product.Administrator, id, "pk_another_key_000000000000", Cancel);
        Assert.Equal(2, Revocations(desk));
        Assert.Null((await desk.FindAsync(id))!.Grant);

        await desk.FillInAsync();
        desk.Clock.Shift += TimeSpan.FromHours(25);
        await desk.Drafts.SweepAsync(Cancel);
        Assert.Equal(3, Revocations(desk));
    }

    [Fact]
    public async Task With_an_app_configured_the_key_alone_does_not_confirm_the_account()
    {
        await using var desk = await DraftDesk.CreateAsync(hasApp: true);
        var id = await desk.FillInAsync(without: WizardStep.Authenticate);

        Assert.Equal(
            "Connections.SignInNeeded",
            (await DraftDesk.RefusalAsync(() => desk.Drafts.ConfirmAccountAsync(Product.Administrator, id, Cancel))).Code
        );
        Assert.Equal([WizardStep.Authenticate], (await desk.GetAsync(id)).Missing);

        await desk.AuthenticateAsync(Product.Administrator, id);
        var saved = await desk.FindConnectionAsync(await desk.SaveAsync(id));
        Assert.True(saved is { Grant: not null, GrantedAt: not null, GrantedBy: "Ana" });
        Assert.Equal(0, Revocations(desk));
    }

    private static int Revocations(DraftDesk desk) => desk.Product.Sandbox.State.Requests.Count(request => request.Path == "/oauth/revoke");

    private static async Task<int> CountAsync(Product product)
    {
        await using var db = await product.OpenAsync();
        return await db.Set<ConnectionDraft>().CountAsync(Cancel);
    }

    private static async Task UntilAsync(Func<Task<bool>> done)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!await done())
            await look.WaitForNextTickAsync(patience.Token);
    }
}
