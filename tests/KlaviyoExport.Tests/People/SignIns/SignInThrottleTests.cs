using KlaviyoExport.People;
using KlaviyoExport.People.SignIns;
using KlaviyoExport.Retention;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.People.SignIns;

public class SignInThrottleTests : IAsyncLifetime
{
    private const string Ana = "ana@shop.example";
    private const string Home = "198.51.100.7";

    private readonly TestClock _clock = new();
    private Product _product = default!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private SignInThrottle Throttle => _product.Get<SignInThrottle>();

    public async ValueTask InitializeAsync() => _product = await Product.CreateAsync(_clock);

    public ValueTask DisposeAsync() => _product.DisposeAsync();

    [Fact]
    public async Task The_fifth_wrong_attempt_holds_the_account_from_this_place_for_five_minutes()
    {
        await FailAsync(4);
        Assert.False(await IsHeldAsync(Home));
        await FailAsync(1);

        Assert.True(await IsHeldAsync(Home));
        Assert.True(await Throttle.IsHeldAsync(ProofKind.Password, " ANA@shop.example", Home, Cancel));
        Assert.False(await IsHeldAsync("198.51.100.8"));
        Assert.False(await Throttle.IsHeldAsync(ProofKind.Password, "oto@shop.example", Home, Cancel));
        Assert.False(await Throttle.IsHeldAsync(ProofKind.Code, Ana, Home, Cancel));
        _clock.Advance(SignInThrottle.PlaceWindow);
        Assert.False(await IsHeldAsync(Home));
        await FailAsync(1);
        Assert.False(await IsHeldAsync(Home));
    }

    [Fact]
    public async Task A_correct_attempt_forgets_the_wrong_ones_from_this_place()
    {
        await FailAsync(4);
        await Throttle.SucceededAsync(ProofKind.Password, Ana, Home, Cancel);
        await FailAsync(4);

        Assert.False(await IsHeldAsync(Home));
    }

    [Fact]
    public async Task A_stronger_proof_forgets_all_wrong_attempts_for_the_account()
    {
        for (var place = 1; place <= SignInThrottle.MostForAccount; place++)
            await Throttle.FailedAsync(ProofKind.Password, Ana, $"203.0.113.{place}", Cancel);
        Assert.True(await IsHeldAsync(Home));
        await Throttle.ReleaseAsync(Ana, Cancel);

        Assert.False(await IsHeldAsync(Home));
    }

    [Fact]
    public async Task First_failures_at_once_are_all_counted()
    {
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Throttle.FailedAsync(ProofKind.Password, Ana, Home, Cancel)));

        Assert.True(await IsHeldAsync(Home));
    }

    [Fact]
    public async Task Counts_and_sessions_that_are_over_are_deleted()
    {
        await FailAsync(1);
        await using (var db = await _product.OpenAsync())
        {
            var oto = new AppUser { DisplayName = "Oto", SecurityStamp = "stamp" };
            db.Add(oto);
            await db.SaveChangesAsync(Cancel);
            await _product.Get<Sessions>().BeginAsync(oto, SignInWay.Password, "198.51.100.7", new string('x', 400), Cancel);
        }
        _clock.Advance(Sessions.Lifetime + TimeSpan.FromMinutes(1));
        await _product.Get<Purge>().RunAsync(Cancel);

        await using var later = await _product.OpenAsync();
        Assert.False(await later.Set<SignInFailure>().AnyAsync(Cancel));
        Assert.False(await later.Set<Session>().AnyAsync(Cancel));
    }

    private async Task FailAsync(int times)
    {
        for (var attempt = 0; attempt < times; attempt++)
            await Throttle.FailedAsync(ProofKind.Password, Ana, Home, Cancel);
    }

    private Task<bool> IsHeldAsync(string from) => Throttle.IsHeldAsync(ProofKind.Password, Ana, from, Cancel);
}
