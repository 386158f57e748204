using KlaviyoExport.Connections;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.OAuth;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests.Connections;

public class ConnectionTokensTests : IAsyncLifetime
{
    private SignInBench _bench = null!;
    private Connection _connection = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _bench = await SignInBench.CreateAsync();
        _connection = await _bench.AddSignedInAsync();
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Calls_use_the_token_and_the_quota_of_the_app()
    {
        Assert.Equal("Bearer of Pract1 oauth", _bench.Product.Get<ConnectionCredentials>().Of(_connection).ToString());
        Assert.True(await _bench.CountListsAsync(_connection) > 10);
        Assert.EndsWith(
            "app Klaviyo Export",
            _bench.Sandbox.State.Requests.Last(request => request.Path == "/api/lists").Who,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Without_a_sign_in_or_an_app_calls_use_the_key()
    {
        Assert.Equal(
            "Klaviyo-API-Key of Pract1",
            _bench.Product.Get<ConnectionCredentials>().Of(await _bench.Product.AddConnectionAsync("Never signed in")).ToString()
        );
        await using var without = await Product.CreateAsync();
        var connection = await without.AddConnectionAsync();
        connection.Grant = [1];
        Assert.Equal("Klaviyo-API-Key of Pract1", without.Get<ConnectionCredentials>().Of(connection).ToString());
    }

    [Fact]
    public async Task Work_longer_than_the_lifetime_of_a_token_continues_with_the_next()
    {
        var credential = _bench.Product.Get<ConnectionCredentials>().Of(_connection);
        for (var hour = 0; hour < 3; hour++)
        {
            Assert.True((await ListAsync(credential)).Succeeded);
            _bench.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(2, _bench.Refreshes);
        Assert.DoesNotContain(_bench.Sandbox.State.Requests, request => request.Status == 401);
    }

    [Fact]
    public async Task A_token_is_refreshed_five_minutes_before_it_expires()
    {
        _bench.Clock.Advance(TimeSpan.FromMinutes(54));
        await TokenAsync();
        Assert.Equal(0, _bench.Refreshes);

        _bench.Clock.Advance(TimeSpan.FromMinutes(1));
        await TokenAsync();
        Assert.Equal(1, _bench.Refreshes);
        Assert.Null((await _bench.FindConnectionAsync(_connection.Id)).RefreshingUntil);
    }

    [Fact]
    public async Task A_token_refused_before_it_expires_is_refreshed_and_the_call_repeated_once()
    {
        _bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Path = "/api/lists",
                Status = 401,
                Times = 1,
            }
        );

        Assert.True(await _bench.CountListsAsync(_connection) > 10);

        Assert.Equal(1, _bench.Refreshes);
    }

    [Fact]
    public async Task A_second_refusal_is_final()
    {
        _bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Path = "/api/lists", Status = 401 });

        var answer = await ListAsync(_bench.Product.Get<ConnectionCredentials>().Of(_connection));

        Assert.Equal(KlaviyoRefusalKind.InvalidKey, answer.Refusal?.Kind);
        Assert.Equal(2, _bench.Sandbox.State.Requests.Count(request => request.Path.StartsWith("/api/lists/", StringComparison.Ordinal)));
        Assert.Equal(1, _bench.Refreshes);
    }

    [Fact]
    public async Task A_run_continues_when_its_token_is_refused_during_the_run()
    {
        await using var product = await Product.CreateAsync(hasApp: true);
        var connection = await product.AddConnectionAsync();
        var signIns = product.Get<KlaviyoSignIns>();
        var decision = await SandboxPerson.DecideAsync(
            await signIns.BeginForConnectionAsync(Product.Administrator, connection.Id, SignInBench.Callback, Cancel)
        );
        await signIns.CompleteAsync(Product.Administrator, decision.State, decision.Code, decision.Error, SignInBench.Callback, Cancel);
        var export = await product.AddExportAsync("Export", connection, await product.AddCustomersAsync("customers", Customer.Many(20)));
        product.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Call = "get_bulk_import_profiles_job",
                Status = 401,
                Times = 1,
            }
        );

        var run = await product.RunAsync(export);

        Assert.Equal(RunState.Successful, run.State);
        Assert.Equal(2, product.Sandbox.State.Requests.Count(request => request.Path == "/oauth/token"));
        Assert.Contains(product.Sandbox.State.Requests, request => request is { Status: 401, Method: "GET" });
    }

    [Fact]
    public async Task Many_concurrent_callers_refresh_once()
    {
        _bench.Clock.Advance(TimeSpan.FromHours(2));

        var tokens = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => TokenAsync())));

        Assert.Single(tokens.Distinct());
        Assert.Equal(1, _bench.Refreshes);
    }

    [Fact]
    public async Task Two_nodes_over_one_store_refresh_once()
    {
        using var node = _bench.Product.AnotherNode();
        _bench.Clock.Advance(TimeSpan.FromHours(2));

        var asking = Task.WhenAll(
            new[] { _bench.Product.Get<ConnectionTokens>(), node.Services.GetRequiredService<ConnectionTokens>() }.SelectMany(tokens =>
                Enumerable.Range(0, 10).Select(_ => Task.Run(() => tokens.AccessTokenAsync(_connection.Id, null, Cancel)))
            )
        );
        // One node refreshes and stores the tokens; then the other reads them when the clock moves.
        await Patience.UntilAsync(async () =>
            !(await _bench.FindConnectionAsync(_connection.Id)).Grant.AsSpan().SequenceEqual(_connection.Grant)
        );
        var tokens = await Patience.StepUntilDoneAsync(asking, () => _bench.Clock.Advance(TimeSpan.FromMilliseconds(200)));

        Assert.Single(tokens.Distinct());
        Assert.Equal(1, _bench.Refreshes);
    }

    [Fact]
    public async Task A_still_valid_token_is_used_while_another_node_refreshes()
    {
        _bench.Clock.Advance(TimeSpan.FromMinutes(56));
        await LeaseAsync(_bench.Clock.GetUtcNow().AddSeconds(30));

        Assert.Equal(_bench.Open(_connection.Grant).AccessToken, await TokenAsync());

        Assert.Equal(0, _bench.Refreshes);
    }

    [Fact]
    public async Task A_lease_whose_holder_died_expires()
    {
        _bench.Clock.Advance(TimeSpan.FromHours(2));
        var until = _bench.Clock.GetUtcNow().AddMinutes(1);
        await LeaseAsync(until);

        var token = await Patience.StepUntilDoneAsync(
            TokenAsync(),
            () =>
            {
                // A little after the end: a node that checked just before it waits once more.
                if (_bench.Clock.WaitingTimers > 0 && _bench.Clock.GetUtcNow() < until.AddSeconds(5))
                    _bench.Clock.Advance(TimeSpan.FromSeconds(1));
            }
        );

        Assert.NotEqual(_bench.Open(_connection.Grant).AccessToken, token);
        Assert.Equal(1, _bench.Refreshes);
    }

    [Fact]
    public async Task New_tokens_are_in_the_store_before_they_are_used()
    {
        _bench.Clock.Advance(TimeSpan.FromHours(2));

        var token = await TokenAsync();

        Assert.Equal(token, _bench.Open((await _bench.FindConnectionAsync(_connection.Id)).Grant).AccessToken);
        Assert.True(await _bench.WorksAsync(token));
    }

    [Fact]
    public async Task A_caller_that_cancels_does_not_stop_a_token_refresh_in_progress()
    {
        _bench.Clock.Advance(TimeSpan.FromHours(2));
        using var leaving = new CancellationTokenSource();
        _bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Delay)
            {
                Path = "/oauth/token",
                DelayMs = 100,
                Times = 1,
            }
        );

        var asking = _bench.Product.Get<ConnectionTokens>().AccessTokenAsync(_connection.Id, null, leaving.Token);
        // The limit of the refresh and the sandbox's delay.
        await Patience.UntilAsync(() => _bench.Clock.WaitingTimers >= 2);
        await leaving.CancelAsync();
        _bench.Clock.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal(await asking, _bench.Open((await _bench.FindConnectionAsync(_connection.Id)).Grant).AccessToken);
    }

    [Theory]
    [InlineData(FaultKind.Status)]
    [InlineData(FaultKind.ResetBeforeBody)]
    [InlineData(FaultKind.NotJson)]
    public async Task While_the_token_is_valid_a_failed_refresh_stops_no_call_and_is_not_repeated_for_each(FaultKind kind)
    {
        _bench.Sandbox.Faults.Add(new Fault(kind) { Path = "/oauth/token" });
        _bench.Clock.Advance(TimeSpan.FromMinutes(56));

        for (var calls = 0; calls < 3; calls++)
            Assert.Equal(_bench.Open(_connection.Grant).AccessToken, await TokenAsync());

        Assert.Equal(1, _bench.Refreshes);
    }

    [Fact]
    public async Task After_an_outage_of_the_refresh_the_next_call_tries_again()
    {
        _bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Path = "/oauth/token", Times = 1 });
        _bench.Clock.Advance(TimeSpan.FromHours(2));

        await Assert.ThrowsAsync<KlaviyoUnavailableException>(() => TokenAsync());
        Assert.True(await _bench.WorksAsync(await TokenAsync()));
    }

    [Fact]
    public async Task A_refresh_token_unused_for_ninety_days_asks_for_a_new_sign_in()
    {
        _bench.Clock.Advance(TimeSpan.FromDays(90));
        await AssertSignInAgainAsync();
    }

    [Fact]
    public async Task A_refresh_whose_response_was_lost_asks_for_a_new_sign_in()
    {
        _bench.Clock.Advance(TimeSpan.FromHours(2));
        _bench.Sandbox.Faults.Add(new Fault(FaultKind.LoseAnswer) { Path = "/oauth/token", Times = 1 });
        await Assert.ThrowsAsync<KlaviyoUnavailableException>(() => TokenAsync());
        await AssertSignInAgainAsync();

        await _bench.SignInAsync(_connection.Id);

        Assert.True(await _bench.WorksAsync(await TokenAsync()));
    }

    [Fact]
    public async Task A_run_of_a_connection_whose_app_was_removed_at_Klaviyo_fails_permanently_and_says_what_to_do()
    {
        await _bench.Product.Get<KlaviyoOAuth>().RevokeAsync(_bench.Open(_connection.Grant).RefreshToken, Cancel);
        var export = await _bench.Product.AddExportAsync(
            "Export",
            _connection,
            await _bench.Product.AddCustomersAsync("customers", Customer.Many(3))
        );

        var run = await _bench.Product.RunAsync(export);

        Assert.Equal(RunState.FailedPermanent, run.State);
        Assert.Equal(new LocalizedMessage("Connections.SignInAgain", "Practice"), run.Outcome);
        Assert.Equal(run.Outcome, (await _bench.FindConnectionAsync(_connection.Id)).LastError);
        Assert.DoesNotContain(
            _bench.Sandbox.State.Requests,
            request => request.Method == "POST" && request.Path.StartsWith("/api/", StringComparison.Ordinal) && request.Status == 202
        );
    }

    [Fact]
    public async Task A_new_sign_in_during_a_refresh_is_not_overwritten()
    {
        _bench.Clock.Advance(TimeSpan.FromHours(2));
        _bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Delay)
            {
                Path = "/oauth/token",
                DelayMs = 1_000,
                Times = 1,
            }
        );
        var asking = TokenAsync();
        await Patience.UntilAsync(() => _bench.Clock.WaitingTimers >= 2);

        await _bench.SignInAsync(_connection.Id);
        var signedIn = _bench.Open((await _bench.FindConnectionAsync(_connection.Id)).Grant);

        Assert.Equal(signedIn.AccessToken, await asking);
        Assert.Equal(signedIn, _bench.Open((await _bench.FindConnectionAsync(_connection.Id)).Grant));
    }

    [Fact]
    public async Task Revoking_ends_the_tokens_and_reports_whether_Klaviyo_confirmed()
    {
        var credentials = _bench.Product.Get<ConnectionCredentials>();
        Assert.False(await credentials.RevokeAsync([1, 2, 3], Cancel));
        Assert.True(await credentials.RevokeAsync(_connection.Grant!, Cancel));
        Assert.False(await _bench.WorksAsync(_bench.Open(_connection.Grant).AccessToken));
    }

    private static Task<LocalizedException> Refused(Func<Task> ask) => Assert.ThrowsAnyAsync<LocalizedException>(ask);

    private Task<string> TokenAsync() => _bench.Product.Get<ConnectionTokens>().AccessTokenAsync(_connection.Id, null, Cancel);

    private Task<KlaviyoAnswer<KlaviyoList>> ListAsync(KlaviyoCredential credential) =>
        _bench
            .Product.Get<KlaviyoClient>()
            .GetListAsync(credential, KlaviyoExport.Sandbox.Accounts.PracticeStore.Newsletter, withProfileCount: false, Cancel);

    private async Task AssertSignInAgainAsync() =>
        Assert.Equal(new LocalizedMessage("Connections.SignInAgain", "Practice"), (await Refused(TokenAsync)).LocalizedMessage);

    private async Task LeaseAsync(DateTimeOffset until)
    {
        await using var db = await _bench.Product.OpenAsync();
        await db.Set<Connection>().ExecuteUpdateAsync(set => set.SetProperty(connection => connection.RefreshingUntil, until), Cancel);
    }
}
