using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;

namespace KlaviyoExport.Tests.Klaviyo;

public sealed class ScopeProbeTests : IAsyncLifetime
{
    private SandboxFixture _klaviyo = null!;

    public async ValueTask InitializeAsync() => _klaviyo = await SandboxFixture.StartAsync();

    public ValueTask DisposeAsync() => _klaviyo.DisposeAsync();

    [Theory]
    [InlineData(PracticeStore.FullKey)]
    [InlineData(PracticeStore.NoListsWriteKey, "lists:write")]
    [InlineData(PracticeStore.ReadOnlyKey, "lists:write", "profiles:write")]
    public async Task Each_missing_scope_is_named(string key, params string[] missing) =>
        Assert.Equal(
            missing,
            await _klaviyo.Client.GetMissingScopesAsync(KlaviyoCredential.FromPrivateKey(key, PracticeStore.Id), default)
        );

    [Fact]
    public async Task A_lookup_creates_and_changes_nothing()
    {
        var members = _klaviyo.Sandbox.State.Members(PracticeStore.Newsletter);

        await _klaviyo.Client.GetMissingScopesAsync(_klaviyo.Key, default);

        Assert.Empty(_klaviyo.Sandbox.State.Jobs());
        Assert.Equal(members, _klaviyo.Sandbox.State.Members(PracticeStore.Newsletter));
        Assert.Equal([400, 200, 200], _klaviyo.Statuses);
    }

    [Fact]
    public async Task A_key_revoked_meanwhile_is_reported_as_revoked_and_not_as_lacking_scopes()
    {
        _klaviyo.Sandbox.Faults.Add(new Fault(FaultKind.KeyRevoked) { Key = PracticeStore.FullKey });

        var refused = await Assert.ThrowsAsync<KlaviyoRefusedException>(() => _klaviyo.Client.GetMissingScopesAsync(_klaviyo.Key, default));

        Assert.Equal(KlaviyoRefusalKind.InvalidKey, refused.Refusal.Kind);
    }
}
