using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;

namespace KlaviyoExport.Tests.Klaviyo;

/// <summary>How the client handles faults of Klaviyo: a single fault is retried, a permanent one is an outage.</summary>
public sealed class KlaviyoFaultTests : IAsyncLifetime
{
    private SandboxFixture _klaviyo = null!;

    public static TheoryData<FaultKind, UnavailableReason> Faults =>
        new()
        {
            { FaultKind.Status, UnavailableReason.ServerFault },
            { FaultKind.ResetBeforeBody, UnavailableReason.ConnectionLost },
            { FaultKind.ResetMidBody, UnavailableReason.ConnectionLost },
            { FaultKind.ResetMidAnswer, UnavailableReason.ConnectionLost },
            { FaultKind.LoseAnswer, UnavailableReason.ConnectionLost },
            { FaultKind.Truncate, UnavailableReason.UnreadableAnswer },
            { FaultKind.NotJson, UnavailableReason.UnreadableAnswer },
            { FaultKind.WrongMediaType, UnavailableReason.UnreadableAnswer },
        };

    public async ValueTask InitializeAsync() => _klaviyo = await SandboxFixture.StartAsync();

    public ValueTask DisposeAsync() => _klaviyo.DisposeAsync();

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Two_faults_are_retried_and_each_profile_is_on_the_list_once(FaultKind kind, UnavailableReason reason)
    {
        Assert.NotEqual(UnavailableReason.CannotConnect, reason);
        var before = _klaviyo.Sandbox.State.Members(PracticeStore.Newsletter).Count;
        _klaviyo.Sandbox.Faults.Add(new Fault(kind) { Times = 2, Call = "bulk_import_profiles" });

        await _klaviyo.ImportAsync(100);

        Assert.Equal(before + 100, _klaviyo.Sandbox.State.Members(PracticeStore.Newsletter).Count);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_lasting_fault_is_an_outage_that_names_its_reason(FaultKind kind, UnavailableReason reason)
    {
        _klaviyo.Sandbox.Faults.Add(new Fault(kind));

        var outage = await Assert.ThrowsAsync<KlaviyoUnavailableException>(() => _klaviyo.ImportAsync(1));

        Assert.Equal(reason, outage.Reason);
        Assert.DoesNotContain(PracticeStore.FullKey, outage.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_between_two_pages_loses_and_repeats_no_member(FaultKind kind, UnavailableReason reason)
    {
        Assert.NotEqual(UnavailableReason.CannotConnect, reason);
        await _klaviyo.ImportAsync(350);
        _klaviyo.Sandbox.Faults.Add(
            new Fault(kind)
            {
                After = 1,
                Times = 2,
                Call = "get_profiles_for_list",
            }
        );

        var members = await _klaviyo.Client.GetListMembersAsync(_klaviyo.Key, PracticeStore.Newsletter, default).ToListAsync();

        Assert.Equal(
            _klaviyo.Sandbox.State.Members(PracticeStore.Newsletter).Select(member => member.Id).Order(),
            members.Select(member => member.ProfileId).Order()
        );
    }

    [Fact]
    public async Task A_429_with_Retry_After_is_waited_for()
    {
        _klaviyo.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Status = 429,
                RetryAfter = 0,
                Times = 2,
            }
        );

        Assert.True((await _klaviyo.Client.GetListAsync(_klaviyo.Key, PracticeStore.Newsletter, false, default)).Succeeded);
        Assert.Equal([200, 429, 429], _klaviyo.Statuses);
    }

    [Fact]
    public async Task An_unexpected_error_response_rejects_no_profile()
    {
        _klaviyo.Sandbox.Faults.Add(new Fault(FaultKind.WrongPointers) { PointsAt = "/data/attributes/profiles/data/x/attributes/email" });

        using var writer = new ProfileWriter([ProfilePath.Email]);
        var answer = await _klaviyo.Client.ImportAsync(
            _klaviyo.Key,
            ImportBody.Assemble(PracticeStore.Newsletter, [writer.Write("a@b.co")]),
            default
        );

        Assert.Null(Assert.Single(answer.Refusal!.Errors).ProfileIndex);
    }
}
