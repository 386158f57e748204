using KlaviyoExport.Data;
using KlaviyoExport.People.Tokens;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.People.Tokens;

/// <summary>Requests with an Idempotency-Key in the store.</summary>
public sealed class ApiRequestsTests : IAsyncLifetime
{
    private static readonly byte[] Body = [1, 2, 3];

    private readonly TestClock _clock = new();
    private TestStore _store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiRequests Requests => new(_store.Get<IDbContextFactory<AppDb>>(), _clock);

    public async ValueTask InitializeAsync() => _store = await TestStore.CreateAsync(clock: _clock);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_request_is_executed_once_and_then_answered_from_the_store()
    {
        var first = await BeginAsync();
        var meanwhile = await BeginAsync();
        await Requests.CompleteAsync(first.Request.Id, 201, "application/json", "/api/v1/exports/7", Body, Cancel);
        var again = await BeginAsync();

        Assert.Equal(ApiRequestState.Begun, first.State);
        Assert.Equal(ApiRequestState.InProgress, meanwhile.State);
        Assert.Equal((ApiRequestState.Answered, 201, "/api/v1/exports/7"), (again.State, again.Request.Status, again.Request.Location));
        Assert.Equal(Body, again.Request.Body);
    }

    [Fact]
    public async Task A_key_belongs_to_one_request_of_one_owner()
    {
        await BeginAsync();

        Assert.Equal(ApiRequestState.Differs, (await BeginAsync(fingerprint: 2)).State);
        Assert.Equal(ApiRequestState.Begun, (await BeginAsync(owner: "other")).State);
    }

    [Fact]
    public async Task A_request_that_was_interrupted_can_be_executed_again_after_five_minutes()
    {
        await BeginAsync();
        _clock.Advance(ApiRequests.LongestExecution - TimeSpan.FromSeconds(1));
        Assert.Equal(ApiRequestState.InProgress, (await BeginAsync()).State);

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(ApiRequestState.Begun, (await BeginAsync()).State);
    }

    [Fact]
    public async Task A_request_that_failed_is_forgotten_and_an_answer_after_a_day()
    {
        await Requests.ForgetAsync((await BeginAsync()).Request.Id, Cancel);
        var second = await BeginAsync();
        Assert.Equal(ApiRequestState.Begun, second.State);
        await Requests.CompleteAsync(second.Request.Id, 200, null, null, Body, Cancel);

        _clock.Advance(ApiRequests.Lifetime);

        Assert.Equal(ApiRequestState.Begun, (await BeginAsync()).State);
    }

    [Fact]
    public async Task Of_several_calls_at_once_one_executes()
    {
        var begun = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => BeginAsync()));

        Assert.Single(begun, one => one.State == ApiRequestState.Begun);
        Assert.Equal(7, begun.Count(one => one.State == ApiRequestState.InProgress));
    }

    private Task<BegunApiRequest> BeginAsync(string owner = "owner", byte fingerprint = 1) =>
        Requests.BeginAsync(owner, "key-1", [fingerprint], Cancel);
}
