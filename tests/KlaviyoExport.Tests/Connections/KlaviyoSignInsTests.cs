using System.Text;
using KlaviyoExport.Connections;
using KlaviyoExport.People;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Tests.Klaviyo;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Connections;

public sealed class KlaviyoSignInsTests : IAsyncLifetime
{
    private static readonly Actor Other = new("other", "Olga", Role.Administrator);

    private SignInBench _bench = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await SignInBench.CreateAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_draft_is_authenticated_by_signing_in_to_the_account_of_its_key()
    {
        var draftId = await _bench.AddDraftAsync();

        var back = await _bench.ReturnAsync(await SandboxPerson.DecideAsync(await BeginAsync(draftId)));

        Assert.Equal(new SignInReturn(draftId, null), back);
        var draft = await _bench.FindDraftAsync(draftId);
        Assert.NotNull(draft.AuthenticatedAt);
        Assert.True(await _bench.WorksAsync(_bench.Open(draft.Grant).AccessToken));
        Assert.Null((await _bench.LastSignInAsync()).Problem);
    }

    [Fact]
    public async Task A_new_sign_in_of_a_connection_revokes_the_old_tokens()
    {
        var connection = await _bench.AddSignedInAsync();
        var before = _bench.Open(connection.Grant);
        var page = await _bench.SignIns.BeginForConnectionAsync(Other, connection.Id, SignInBench.Callback, Cancel);

        var back = await _bench.ReturnAsync(await SandboxPerson.DecideAsync(page), Other);

        Assert.Equal(new SignInReturn(null, connection.Id), back);
        var after = await _bench.FindConnectionAsync(connection.Id);
        Assert.Equal("Olga", after.GrantedBy);
        Assert.True(after.GrantedAt > connection.GrantedAt);
        Assert.True(await _bench.WorksAsync(_bench.Open(after.Grant).AccessToken));
        Assert.False(await _bench.WorksAsync(before.AccessToken));
        await using var db = await _bench.Product.OpenAsync();
        Assert.Equal(
            2,
            await db.Set<AuditEntry>()
                .CountAsync(entry => entry.Action == "Connections.SignedIn" && entry.SubjectId == connection.Id, Cancel)
        );
        Assert.Null(await _bench.SignIns.ProblemAsync(Other, connection.Id, Cancel));
    }

    [Fact]
    public async Task A_refusal_at_Klaviyo_is_reported_and_changes_nothing()
    {
        var draftId = await _bench.AddDraftAsync();

        var back = await _bench.ReturnAsync(await SandboxPerson.DecideAsync(await BeginAsync(draftId), "deny"));

        Assert.Equal(draftId, back.DraftId);
        await AssertProblemAsync(draftId, "Connections.SignInDenied");
    }

    [Fact]
    public async Task Another_account_is_refused_by_name_and_its_tokens_are_revoked()
    {
        var draftId = await _bench.AddDraftAsync();
        var decision = await SandboxPerson.DecideAsync(await BeginAsync(draftId), account: SecondStore.Id);

        await _bench.ReturnAsync(decision);

        var problem = await AssertProblemAsync(draftId, "Connections.SignInOtherAccount");
        Assert.Equal([SecondStore.Seed.OrganizationName, SecondStore.Id, "Practice Store", PracticeStore.Id], problem.Arguments);
        Assert.Contains(_bench.Sandbox.State.Requests, request => request is { Path: "/oauth/revoke", Status: 200 });
    }

    [Fact]
    public async Task A_sign_in_to_another_account_does_not_change_the_tokens_of_the_connection()
    {
        var connection = await _bench.AddSignedInAsync();
        var page = await _bench.SignIns.BeginForConnectionAsync(Product.Administrator, connection.Id, SignInBench.Callback, Cancel);

        await _bench.ReturnAsync(await SandboxPerson.DecideAsync(page, account: SecondStore.Id));

        Assert.Equal(
            "Connections.SignInOtherAccount",
            (await _bench.SignIns.ProblemAsync(Product.Administrator, connection.Id, Cancel))?.Code
        );
        Assert.Equal(connection.Grant, (await _bench.FindConnectionAsync(connection.Id)).Grant);
        Assert.True(await _bench.WorksAsync(_bench.Open(connection.Grant).AccessToken));
    }

    [Fact]
    public async Task A_state_is_valid_once()
    {
        var draftId = await _bench.AddDraftAsync();
        var decision = await SandboxPerson.DecideAsync(await BeginAsync(draftId));
        await _bench.ReturnAsync(decision);

        await AssertUnknownAsync(decision);

        Assert.True(await _bench.WorksAsync(_bench.Open((await _bench.FindDraftAsync(draftId)).Grant).AccessToken));
    }

    [Fact]
    public async Task Of_two_callbacks_with_one_state_one_succeeds()
    {
        var decision = await SandboxPerson.DecideAsync(await BeginAsync(await _bench.AddDraftAsync()));

        var returns = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(async _ =>
                {
                    try
                    {
                        await _bench.SignIns.CompleteAsync(
                            Product.Administrator,
                            decision.State,
                            decision.Code,
                            null,
                            SignInBench.Callback,
                            Cancel
                        );
                        return 1;
                    }
                    catch (LocalizedException refused) when (refused.LocalizedMessage.Code == "Connections.SignInUnknown")
                    {
                        return 0;
                    }
                })
        );

        Assert.Equal(1, returns.Sum());
    }

    [Fact]
    public async Task A_state_is_valid_for_ten_minutes()
    {
        var decision = await SandboxPerson.DecideAsync(await BeginAsync(await _bench.AddDraftAsync()));
        _bench.Clock.Advance(TimeSpan.FromMinutes(10));

        await AssertUnknownAsync(decision);
    }

    [Fact]
    public async Task A_state_is_valid_only_for_the_person_it_was_given_to()
    {
        var draftId = await _bench.AddDraftAsync();
        var decision = await SandboxPerson.DecideAsync(await BeginAsync(draftId));

        await AssertUnknownAsync(decision, Other);
        await _bench.ReturnAsync(decision);

        Assert.NotNull((await _bench.FindDraftAsync(draftId)).AuthenticatedAt);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("guess")]
    public async Task An_invented_state_is_refused(string? state) => await AssertUnknownAsync(new Decision(state, "code", null));

    [Fact]
    public async Task An_expired_code_is_reported()
    {
        var draftId = await _bench.AddDraftAsync();
        var decision = await SandboxPerson.DecideAsync(await BeginAsync(draftId));
        _bench.Clock.Advance(TimeSpan.FromMinutes(6));

        await _bench.ReturnAsync(decision);

        await AssertProblemAsync(draftId, "Connections.SignInExpired");
    }

    [Fact]
    public async Task The_code_of_another_sign_in_does_not_match_the_verifier()
    {
        var draftId = await _bench.AddDraftAsync();
        var first = await SandboxPerson.DecideAsync(await BeginAsync(draftId));
        var second = await SandboxPerson.DecideAsync(await BeginAsync(draftId));

        await _bench.ReturnAsync(first with { Code = second.Code });

        await AssertProblemAsync(draftId, "Connections.SignInExpired", first: true);
    }

    [Theory]
    [InlineData(null, null, "unknown")]
    [InlineData("", null, "unknown")]
    [InlineData(null, "server_error", "server_error")]
    [InlineData(null, "<b>bold</b>", "unknown")]
    public async Task A_callback_without_a_code_is_reported(string? code, string? error, string said)
    {
        var draftId = await _bench.AddDraftAsync();
        var decision = await SandboxPerson.DecideAsync(await BeginAsync(draftId));

        await _bench.ReturnAsync(decision with { Code = code, Error = error });

        Assert.Equal([said], (await AssertProblemAsync(draftId, "Connections.SignInRefused")).Arguments);
    }

    [Theory]
    [InlineData("/oauth/token", FaultKind.LoseAnswer, "Klaviyo.OutageConnectionLost")]
    [InlineData("/oauth/token", FaultKind.NotJson, "Klaviyo.OutageUnreadableAnswer")]
    [InlineData("/oauth/token", FaultKind.Status, "Klaviyo.OutageServerFault")]
    public async Task An_outage_during_the_callback_is_reported(string path, FaultKind kind, string code)
    {
        var draftId = await _bench.AddDraftAsync();
        var decision = await SandboxPerson.DecideAsync(await BeginAsync(draftId));
        _bench.Sandbox.Faults.Add(new Fault(kind) { Path = path, Times = 1 });

        await _bench.ReturnAsync(decision);

        await AssertProblemAsync(draftId, code);
    }

    [Fact]
    public async Task Tokens_whose_account_cannot_be_read_are_revoked()
    {
        var draftId = await _bench.AddDraftAsync();
        var decision = await SandboxPerson.DecideAsync(await BeginAsync(draftId));
        _bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Path = "/api/accounts", Status = 403 });

        await _bench.ReturnAsync(decision);

        await AssertProblemAsync(draftId, "Klaviyo.ScopeMissing");
        Assert.Contains(_bench.Sandbox.State.Requests, request => request is { Path: "/oauth/revoke", Status: 200 });
    }

    [Fact]
    public async Task Missing_scopes_are_named_and_the_tokens_revoked()
    {
        await using var server = await ScriptedServer.StartAsync(
            (context, _) =>
                context.AnswerAsync(
                    200,
                    context.Request.Path == "/token"
                        ? """{"access_token":"a","refresh_token":"r","scope":"accounts:read lists:read profiles:read"}"""
                        : "{}",
                    "application/json"
                )
        );
        await using var bench = await SignInBench.CreateAsync(
            new() { ["Klaviyo:OAuth:TokenUrl"] = server.Address + "/token", ["Klaviyo:OAuth:RevokeUrl"] = server.Address + "/revoke" }
        );
        var draftId = await bench.AddDraftAsync();
        var page = await bench.SignIns.BeginForDraftAsync(Product.Administrator, draftId, SignInBench.Callback, Cancel);

        await bench.ReturnAsync(await SandboxPerson.DecideAsync(page));

        Assert.Equal(
            new LocalizedMessage("Connections.SignInScopesMissing", "lists:write, profiles:write"),
            (await bench.LastSignInAsync()).Problem
        );
        Assert.Null((await bench.FindDraftAsync(draftId)).Grant);
        Assert.Equal(["/token", "/revoke"], server.Received.Select(request => request.Target));
        Assert.StartsWith("token=r&", server.Received[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_draft_discarded_meanwhile_keeps_no_tokens()
    {
        var draftId = await _bench.AddDraftAsync();
        var decision = await SandboxPerson.DecideAsync(await BeginAsync(draftId));
        await using (var db = await _bench.Product.OpenAsync())
            await db.Set<ConnectionDraft>().ExecuteDeleteAsync(Cancel);

        await AssertUnknownAsync(decision);
    }

    [Fact]
    public async Task A_draft_without_a_checked_key_of_another_person_or_without_an_app_cannot_sign_in()
    {
        Assert.Equal("Connections.CheckFirst", await RefusedAsync(await _bench.AddDraftAsync(isChecked: false)));
        Assert.Equal("Connections.CheckFirst", await RefusedAsync(await _bench.AddDraftAsync(missing: ["lists:write"])));
        Assert.Equal("Connections.DraftGone", await RefusedAsync(await _bench.AddDraftAsync(Other)));
        Assert.Equal("Connections.DraftGone", await RefusedAsync(4711));
        await using var without = await Product.CreateAsync();
        var connection = await without.AddConnectionAsync();
        var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() =>
            without.Get<KlaviyoSignIns>().BeginForConnectionAsync(Product.Administrator, connection.Id, SignInBench.Callback, Cancel)
        );
        Assert.Equal("Connections.NoApp", refused.LocalizedMessage.Code);
    }

    [Fact]
    public async Task Only_administrators_may_begin_and_complete_a_sign_in()
    {
        var connection = await _bench.Product.AddConnectionAsync();
        foreach (var actor in new[] { Product.Contributor, Product.Operator, Product.Viewer })
        {
            var draftId = await _bench.AddDraftAsync(actor);
            await Assert.ThrowsAsync<NotAllowedException>(() =>
                _bench.SignIns.BeginForDraftAsync(actor, draftId, SignInBench.Callback, Cancel)
            );
            await Assert.ThrowsAsync<NotAllowedException>(() =>
                _bench.SignIns.BeginForConnectionAsync(actor, connection.Id, SignInBench.Callback, Cancel)
            );
            await Assert.ThrowsAsync<NotAllowedException>(() =>
                _bench.SignIns.CompleteAsync(actor, "state", "code", null, SignInBench.Callback, Cancel)
            );
            await Assert.ThrowsAsync<NotAllowedException>(() => _bench.SignIns.ProblemAsync(actor, connection.Id, Cancel));
        }
    }

    [Fact]
    public async Task Neither_the_store_nor_the_logs_contain_the_state_the_verifier_or_a_token()
    {
        var draftId = await _bench.AddDraftAsync();
        var decision = await SandboxPerson.DecideAsync(await BeginAsync(draftId));
        await _bench.ReturnAsync(decision);
        var grant = _bench.Open((await _bench.FindDraftAsync(draftId)).Grant);

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        var files = Directory
            .EnumerateFiles(_bench.Product.DataDirectory)
            .Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file)))
            .ToList();
        foreach (var secret in new[] { decision.State!, decision.Code!, grant.AccessToken, grant.RefreshToken })
        {
            Assert.DoesNotContain(files, file => file.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(_bench.Product.Logs.Lines, line => line.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(secret, grant.ToString(), StringComparison.Ordinal);
        }
    }

    private Task<Uri> BeginAsync(int draftId) =>
        _bench.SignIns.BeginForDraftAsync(Product.Administrator, draftId, SignInBench.Callback, Cancel);

    private async Task<string> RefusedAsync(int draftId) =>
        (await Assert.ThrowsAnyAsync<LocalizedException>(() => BeginAsync(draftId))).LocalizedMessage.Code;

    private async Task AssertUnknownAsync(Decision decision, Actor? actor = null) =>
        Assert.Equal(
            "Connections.SignInUnknown",
            (await Assert.ThrowsAnyAsync<LocalizedException>(() => _bench.ReturnAsync(decision, actor))).LocalizedMessage.Code
        );

    private async Task<LocalizedMessage> AssertProblemAsync(int draftId, string code, bool first = false)
    {
        await using var db = await _bench.Product.OpenAsync();
        var trips = await db.Set<KlaviyoSignIn>()
            .AsNoTracking()
            .Where(signIn => signIn.DraftId == draftId)
            .OrderBy(signIn => signIn.Id)
            .ToListAsync(Cancel);
        var problem = (first ? trips[0] : trips[^1]).Problem;
        Assert.Equal(code, problem?.Code);
        var draft = await _bench.FindDraftAsync(draftId);
        Assert.Null(draft.Grant);
        Assert.Null(draft.AuthenticatedAt);
        return problem!;
    }
}
