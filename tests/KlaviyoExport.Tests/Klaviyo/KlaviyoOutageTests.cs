using KlaviyoExport.Klaviyo;
using Microsoft.AspNetCore.Http;

namespace KlaviyoExport.Tests.Klaviyo;

public sealed class KlaviyoOutageTests
{
    [Theory]
    [InlineData(200, "text/html", "<html>Welcome to the hotel's network</html>")]
    [InlineData(403, "text/html", "<html>Blocked by a firewall</html>")]
    [InlineData(404, "text/plain", "no such page")]
    [InlineData(200, "application/vnd.api+json", "")]
    [InlineData(200, "application/vnd.api+json", """{"data":{"type":"profile-bulk-imp""")]
    [InlineData(200, "application/vnd.api+json", """{"data":null}""")]
    [InlineData(200, "application/vnd.api+json", """{"data":{"id":"J1","attributes":{"total_count":3}}}""")]
    [InlineData(200, "application/vnd.api+json", """{"data":{"id":null,"attributes":{"status":"complete","total_count":3}}}""")]
    [InlineData(200, "application/vnd.api+json", """{"data":{"id":"J1","attributes":{"status":"complete","total_count":"many"}}}""")]
    [InlineData(200, "application/vnd.api+json", "null")]
    [InlineData(403, "application/json", """{"message":"Forbidden"}""")]
    public async Task A_response_that_is_not_Klaviyos_is_an_outage_and_never_a_refusal(int status, string type, string body)
    {
        await using var server = await ScriptedServer.StartAsync(status, body, type);
        using var rig = new ClientRig(server.Address);

        var outage = await OutageAsync(rig);

        Assert.Equal(UnavailableReason.UnreadableAnswer, outage.Reason);
        Assert.Equal(status, outage.Status);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_because_it_would_send_the_key()
    {
        await using var elsewhere = await ScriptedServer.StartAsync(200, Answers.Job);
        await using var server = await ScriptedServer.StartAsync(
            (context, _) =>
            {
                context.Response.Redirect(elsewhere.Address);
                return Task.CompletedTask;
            }
        );
        using var rig = new ClientRig(server.Address);

        Assert.Equal(UnavailableReason.UnreadableAnswer, (await OutageAsync(rig)).Reason);
        Assert.Empty(elsewhere.Received);
    }

    [Fact]
    public async Task A_call_whose_connection_breaks_during_the_response_is_retried()
    {
        await using var server = await ScriptedServer.StartAsync(
            async (context, number) =>
            {
                if (number < 3)
                {
                    context.Response.ContentType = "application/vnd.api+json";
                    context.Response.ContentLength = Answers.Job.Length;
                    await context.Response.WriteAsync(Answers.Job[..20]);
                    await context.Response.Body.FlushAsync();
                    context.Abort();
                }
                else
                {
                    await context.AnswerAsync(200, Answers.Job);
                }
            }
        );
        using var rig = new ClientRig(server.Address);

        var job = (await rig.Client.GetImportJobAsync(rig.Key, "J1", default)).ValueOrThrow();

        Assert.Equal(new ImportJob("J1", ImportJobStatus.Complete, 3, 3, 1, null, null), job);
        Assert.Equal(3, server.Received.Count);
    }

    [Fact]
    public async Task A_connection_that_breaks_at_every_try_is_lost()
    {
        await using var server = await ScriptedServer.StartAsync(
            (context, _) =>
            {
                context.Abort();
                return Task.CompletedTask;
            }
        );
        using var rig = new ClientRig(server.Address);

        Assert.Equal(UnavailableReason.ConnectionLost, (await OutageAsync(rig)).Reason);
        Assert.Equal(3, server.Received.Count);
    }

    [Fact]
    public async Task A_port_without_a_listener_refuses_the_connection()
    {
        using var rig = new ClientRig($"http://127.0.0.1:{Loopback.FreePort()}");

        Assert.Equal(UnavailableReason.CannotConnect, (await OutageAsync(rig)).Reason);
    }

    [Fact]
    public async Task Faults_are_retried_with_the_same_body()
    {
        await using var server = await ScriptedServer.StartAsync(
            (context, number) =>
                number < 3 ? context.AnswerAsync(502, "bad gateway", "text/plain") : context.AnswerAsync(202, """{"data":{"id":"J9"}}""")
        );
        using var rig = new ClientRig(server.Address);

        var job = await rig.Client.ImportAsync(rig.Key, "{\"data\":1}"u8.ToArray(), default);

        Assert.Equal(new ImportReceipt("J9", null, IsOnlyOne: false), job.Value);
        Assert.Equal(Enumerable.Repeat("{\"data\":1}", 3), server.Received.Select(request => request.Body));
    }

    [Fact]
    public async Task Lasting_faults_are_an_outage_after_the_last_try()
    {
        await using var server = await ScriptedServer.StartAsync(
            (context, _) =>
            {
                context.Response.Headers.RetryAfter = "0";
                return context.AnswerAsync(503, Answers.Errors("down"));
            }
        );
        using var rig = new ClientRig(server.Address);

        var outage = await OutageAsync(rig);

        Assert.Equal((UnavailableReason.ServerFault, 503, TimeSpan.Zero), (outage.Reason, outage.Status, outage.RetryAfter));
        Assert.Equal(3, server.Received.Count);
    }

    [Fact]
    public async Task With_one_try_there_is_no_retry()
    {
        await using var server = await ScriptedServer.StartAsync(500, "");
        using var rig = new ClientRig(server.Address, settings: ("Klaviyo:Retry:Tries", "1"));

        Assert.Equal(UnavailableReason.ServerFault, (await OutageAsync(rig)).Reason);
        Assert.Single(server.Received);
    }

    [Fact]
    public async Task A_call_is_retried_after_a_429_when_Retry_After_has_passed_and_not_before()
    {
        await using var server = await ScriptedServer.StartAsync(
            (context, number) =>
            {
                if (number > 1)
                    return context.AnswerAsync(200, Answers.Job);
                context.Response.Headers.RetryAfter = "7";
                return context.AnswerAsync(429, Answers.Errors("throttled"));
            }
        );
        var clock = new TestClock();
        using var rig = new ClientRig(server.Address, clock);

        var call = rig.Client.GetImportJobAsync(rig.Key, "J1", default);
        await Patience.UntilAsync(() =>
            rig.Logged.Any(line => line.Contains("attempt 2 of 3", StringComparison.Ordinal)) && clock.WaitingTimers == 2
        );
        clock.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Equal(2, clock.WaitingTimers);
        Assert.Single(server.Received);
        clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.True((await call).Succeeded);
        Assert.Equal(2, server.Received.Count);
    }

    [Fact]
    public async Task A_429_longer_than_the_maximum_wait_is_an_outage_at_once_and_states_the_time()
    {
        await using var server = await ScriptedServer.StartAsync(
            (context, _) =>
            {
                context.Response.Headers.RetryAfter = "3600";
                return context.AnswerAsync(429, Answers.Errors("throttled"));
            }
        );
        using var rig = new ClientRig(server.Address);

        var outage = await OutageAsync(rig);
        Assert.Equal((UnavailableReason.TooManyRequests, 429, TimeSpan.FromHours(1)), (outage.Reason, outage.Status, outage.RetryAfter));
        var next = await OutageAsync(rig);
        Assert.Equal(UnavailableReason.TooManyRequests, next.Reason);
        Assert.Single(server.Received);
    }

    [Fact]
    public async Task No_response_within_the_timeout_of_every_try_is_an_outage()
    {
        await using var server = await ScriptedServer.StartAsync(
            (context, _) => new TaskCompletionSource().Task.WaitAsync(context.RequestAborted)
        );
        var clock = new TestClock();
        using var rig = new ClientRig(server.Address, clock, ("Klaviyo:Retry:TryTimeout", "00:01:00"));

        var call = OutageAsync(rig);
        for (var number = 1; number <= 3; number++)
        {
            await Patience.UntilAsync(() => server.Received.Count == number);
            clock.Advance(TimeSpan.FromMinutes(1));
            if (number == 3)
                break;
            await Patience.UntilAsync(() =>
                rig.Logged.Any(line => line.Contains($"attempt {number + 1} of 3", StringComparison.Ordinal)) && clock.WaitingTimers == 2
            );
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(UnavailableReason.TimedOut, (await call).Reason);
    }

    [Fact]
    public async Task A_caller_that_cancels_gets_a_cancellation_and_not_an_outage()
    {
        await using var server = await ScriptedServer.StartAsync(
            (context, _) => new TaskCompletionSource().Task.WaitAsync(context.RequestAborted)
        );
        using var rig = new ClientRig(server.Address);
        using var cancellationToken = new CancellationTokenSource();

        var call = rig.Client.GetImportJobAsync(rig.Key, "J1", cancellationToken.Token);
        await Patience.UntilAsync(() => server.Received.Count == 1);
        await cancellationToken.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task An_endless_response_is_not_read_to_its_end()
    {
        await using var server = await ScriptedServer.StartAsync(
            async (context, _) =>
            {
                context.Response.ContentType = "application/vnd.api+json";
                var spaces = new byte[1024 * 1024];
                Array.Fill(spaces, (byte)' ');
                while (!context.RequestAborted.IsCancellationRequested)
                    await context.Response.Body.WriteAsync(spaces, context.RequestAborted);
            }
        );
        using var rig = new ClientRig(server.Address, settings: ("Klaviyo:Retry:Tries", "1"));

        Assert.Equal(UnavailableReason.UnreadableAnswer, (await OutageAsync(rig)).Reason);
    }

    [Fact]
    public async Task Neither_log_nor_message_contains_the_key_the_URL_or_an_email_address()
    {
        await using var server = await ScriptedServer.StartAsync(
            (context, number) =>
                number switch
                {
                    1 => context.AnswerAsync(500, "ana@example.com"),
                    2 => context.AnswerAsync(200, """{"data":[{"id":5,"attributes":"ana@example.com"}]}"""),
                    _ => context.AnswerAsync(400, Answers.Errors("ana")),
                }
        );
        using var rig = new ClientRig(server.Address);

        var outage = await Assert.ThrowsAsync<KlaviyoUnavailableException>(() =>
            rig.Client.FindListMembersAsync(rig.Key, "L", ["ana@example.com"], default)
        );
        await rig.Client.FindListMembersAsync(rig.Key, "L", ["ana@example.com"], default);

        Assert.NotEmpty(rig.Logged);
        Assert.All(
            [.. rig.Logged, outage.ToString()],
            text =>
            {
                Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
                Assert.DoesNotContain("ana@", text, StringComparison.Ordinal);
                Assert.DoesNotContain("ana%40", text, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("/api/", text, StringComparison.Ordinal);
            }
        );
    }

    private static Task<KlaviyoUnavailableException> OutageAsync(ClientRig rig) =>
        Assert.ThrowsAsync<KlaviyoUnavailableException>(() => rig.Client.GetImportJobAsync(rig.Key, "J1", default));
}
