using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;

namespace KlaviyoExport.Tests.Klaviyo;

/// <summary>Klaviyo's refusals, as the sandbox returns them.</summary>
public sealed class KlaviyoRefusalTests : IAsyncLifetime
{
    private SandboxFixture _klaviyo = null!;

    public async ValueTask InitializeAsync() => _klaviyo = await SandboxFixture.StartAsync();

    public ValueTask DisposeAsync() => _klaviyo.DisposeAsync();

    [Fact]
    public async Task A_wrong_key_is_refused()
    {
        var answer = await _klaviyo.Client.GetAccountAsync(KlaviyoCredential.FromPrivateKey("pk_nobodys"), default);

        Assert.Equal((401, KlaviyoRefusalKind.InvalidKey), (answer.Refusal?.Status, answer.Refusal?.Kind));
    }

    [Fact]
    public async Task A_revoked_key_is_refused()
    {
        _klaviyo.Sandbox.Faults.Add(new Fault(FaultKind.KeyRevoked) { Key = PracticeStore.FullKey });

        Assert.Equal(
            KlaviyoRefusalKind.InvalidKey,
            (await _klaviyo.Client.GetListAsync(_klaviyo.Key, PracticeStore.Newsletter, false, default)).Refusal?.Kind
        );
    }

    [Theory]
    [InlineData(PracticeStore.ReadOnlyKey)]
    [InlineData(PracticeStore.NoListsWriteKey)]
    public async Task A_key_without_a_scope_is_refused_where_the_scope_is_needed(string key)
    {
        var credential = KlaviyoCredential.FromPrivateKey(key, PracticeStore.Id);

        var import = await _klaviyo.Client.ImportAsync(credential, Body("a@import.example"), default);
        var removal = await _klaviyo.Client.RemoveFromListAsync(
            credential,
            PracticeStore.Newsletter,
            ["01GDDKASAP8TKDDA2GRZDSVP4H"],
            default
        );
        var list = await _klaviyo.Client.GetListAsync(credential, PracticeStore.Newsletter, false, default);

        Assert.Equal((403, KlaviyoRefusalKind.MissingScope), (import.Refusal?.Status, import.Refusal?.Kind));
        Assert.Equal(KlaviyoRefusalKind.MissingScope, removal.Refusal?.Kind);
        Assert.True(list.Succeeded);
    }

    [Fact]
    public async Task An_unknown_list_or_job_is_not_found()
    {
        Assert.Equal(
            KlaviyoRefusalKind.NotFound,
            (await _klaviyo.Client.GetListAsync(_klaviyo.Key, "Nob0dy", false, default)).Refusal?.Kind
        );
        Assert.Equal(
            KlaviyoRefusalKind.NotFound,
            (await _klaviyo.Client.GetImportJobAsync(_klaviyo.Key, "01GSQPBF74KQ5YTDEPP41T1BZH", default)).Refusal?.Kind
        );
        var members = await Assert.ThrowsAsync<KlaviyoRefusedException>(() =>
            _klaviyo.Client.GetListMembersAsync(_klaviyo.Key, "Nob0dy", default).ToListAsync().AsTask()
        );
        Assert.Equal(KlaviyoRefusalKind.NotFound, members.Refusal.Kind);
    }

    [Fact]
    public async Task A_list_deleted_between_two_pages_ends_the_reading_with_a_refusal()
    {
        await _klaviyo.ImportAsync(250);
        var read = 0;

        var refused = await Assert.ThrowsAsync<KlaviyoRefusedException>(async () =>
        {
            await foreach (var _ in _klaviyo.Client.GetListMembersAsync(_klaviyo.Key, PracticeStore.Newsletter, default))
                if (++read == 50)
                    _klaviyo.Sandbox.State.DeleteList(PracticeStore.Newsletter);
        });

        Assert.Equal(100, read);
        Assert.Equal(KlaviyoRefusalKind.NotFound, refused.Refusal.Kind);
    }

    [Fact]
    public async Task Each_malformed_profile_gets_a_pointer_and_the_batch_is_not_imported()
    {
        var answer = await _klaviyo.Client.ImportAsync(
            _klaviyo.Key,
            Body("a@import.example", "not an address", "c@import.example", "x@"),
            default
        );

        Assert.Equal((400, KlaviyoRefusalKind.Invalid), (answer.Refusal?.Status, answer.Refusal?.Kind));
        Assert.Equal([1, 3], answer.Refusal!.Errors.Select(error => error.ProfileIndex));
        Assert.Empty(_klaviyo.Sandbox.State.Jobs());
    }

    [Fact]
    public async Task The_rows_that_remain_after_setting_aside_are_accepted()
    {
        var body = Body("a@import.example", "not an address", "c@import.example");
        var culprits = (await _klaviyo.Client.ImportAsync(_klaviyo.Key, body, default))
            .Refusal!.Errors.Select(error => error.ProfileIndex)
            .ToHashSet();

        var rest = ImportBody.Profiles(body).Where((_, index) => !culprits.Contains(index));

        Assert.True(
            (await _klaviyo.Client.ImportAsync(_klaviyo.Key, ImportBody.Assemble(PracticeStore.Newsletter, rest), default)).Succeeded
        );
    }

    [Fact]
    public async Task A_body_beyond_five_megabytes_is_too_large()
    {
        var answer = await _klaviyo.Client.ImportAsync(_klaviyo.Key, new byte[KlaviyoLimits.ImportBytes + 1], default);

        Assert.Equal(KlaviyoRefusalKind.TooLarge, answer.Refusal?.Kind);
    }

    [Fact]
    public async Task A_retired_revision_is_refused_as_such()
    {
        await using var old = await SandboxFixture.StartAsync(null, ("Klaviyo:Revision", "2023-02-22"));

        Assert.Equal(
            (410, KlaviyoRefusalKind.RetiredRevision),
            (await old.Client.GetListAsync(old.Key, PracticeStore.Newsletter, false, default)).Refusal is { } refusal
                ? (refusal.Status, refusal.Kind)
                : default
        );
    }

    [Fact]
    public async Task An_account_does_not_see_anothers_lists()
    {
        var second = KlaviyoCredential.FromPrivateKey(SecondStore.FullKey, SecondStore.Id);

        Assert.Equal(
            KlaviyoRefusalKind.NotFound,
            (await _klaviyo.Client.GetListAsync(second, PracticeStore.Newsletter, false, default)).Refusal?.Kind
        );
    }

    /// <summary>The body as the profile writer writes it, with any addresses.</summary>
    private static byte[] Body(params string[] emails)
    {
        using var writer = new ProfileWriter([ProfilePath.Email]);
        return ImportBody.Assemble(PracticeStore.Newsletter, emails.Select(email => (ReadOnlyMemory<byte>)writer.Write(email)));
    }
}
