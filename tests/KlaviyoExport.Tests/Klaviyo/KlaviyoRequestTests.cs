using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Tests.Klaviyo;

public sealed class KlaviyoRequestTests
{
    [Fact]
    public async Task Every_call_has_the_key_the_revision_and_the_media_type()
    {
        await using var server = await ScriptedServer.StartAsync(202, """{"data":{"id":"J1"}}""");
        using var rig = new ClientRig(server.Address, settings: ("Klaviyo:Revision", "2027-01-15"));

        await rig.Client.ImportAsync(rig.Key, "{}"u8.ToArray(), default);

        var request = Assert.Single(server.Received);
        Assert.Equal(("POST", "/api/profile-bulk-import-jobs"), (request.Method, request.Target));
        Assert.Equal("Klaviyo-API-Key pk_secret", request.Headers["Authorization"]);
        Assert.Equal("2027-01-15", request.Headers["revision"]);
        Assert.Equal("application/vnd.api+json", request.Headers["Accept"]);
        Assert.Equal("application/vnd.api+json", request.Headers["Content-Type"]);
    }

    [Fact]
    public async Task A_base_address_with_a_path_keeps_it()
    {
        await using var server = await ScriptedServer.StartAsync(200, Answers.Job);
        using var rig = new ClientRig(server.Address + "/practice/klaviyo/");

        await rig.Client.GetImportJobAsync(rig.Key, "J1", default);

        Assert.Equal("/practice/klaviyo/api/profile-bulk-import-jobs/J1", Assert.Single(server.Received).Target);
    }

    [Theory]
    [InlineData(400, "invalid", KlaviyoRefusalKind.Invalid)]
    [InlineData(401, "not_authenticated", KlaviyoRefusalKind.InvalidKey)]
    [InlineData(403, "permission_denied", KlaviyoRefusalKind.MissingScope)]
    [InlineData(404, "not_found", KlaviyoRefusalKind.NotFound)]
    [InlineData(409, "duplicate_profile", KlaviyoRefusalKind.Conflict)]
    [InlineData(410, "gone", KlaviyoRefusalKind.RetiredRevision)]
    [InlineData(413, "too_large", KlaviyoRefusalKind.TooLarge)]
    [InlineData(418, "teapot", KlaviyoRefusalKind.Other)]
    public async Task A_refusal_has_its_kind_and_Klaviyos_detail_and_is_not_retried(int status, string code, KlaviyoRefusalKind kind)
    {
        await using var server = await ScriptedServer.StartAsync(status, Answers.Errors(code));
        using var rig = new ClientRig(server.Address);

        var answer = await rig.Client.ImportAsync(rig.Key, "{}"u8.ToArray(), default);

        Assert.False(answer.Succeeded);
        Assert.Equal((status, kind), (answer.Refusal.Status, answer.Refusal.Kind));
        var error = Assert.Single(answer.Refusal.Errors);
        Assert.Equal(new KlaviyoError("e1", 400, code, "T", "D", "/data/attributes/profiles/data/3/attributes/email", null), error);
        Assert.Equal(3, error.ProfileIndex);
        Assert.Single(server.Received);
        Assert.Throws<KlaviyoRefusedException>(answer.ValueOrThrow);
    }

    [Fact]
    public async Task A_body_too_large_for_the_proxy_before_Klaviyo_is_too_large()
    {
        await using var server = await ScriptedServer.StartAsync(413, "<html>Request Entity Too Large</html>", "text/html");
        using var rig = new ClientRig(server.Address);

        var answer = await rig.Client.ImportAsync(rig.Key, "{}"u8.ToArray(), default);

        Assert.Equal(KlaviyoRefusalKind.TooLarge, answer.Refusal?.Kind);
        Assert.Single(server.Received);
    }

    [Fact]
    public async Task A_link_to_another_host_is_not_followed()
    {
        await using var elsewhere = await ScriptedServer.StartAsync(200, """{"data":[]}""");
        await using var server = await ScriptedServer.StartAsync(
            200,
            $$$"""{"data":[],"links":{"next":"{{{elsewhere.Address}}}/api/lists?page%5Bcursor%5D=x"}}"""
        );
        using var rig = new ClientRig(server.Address);

        var outage = await Assert.ThrowsAsync<KlaviyoUnavailableException>(() =>
            rig.Client.GetListsAsync(rig.Key, default).ToListAsync().AsTask()
        );

        Assert.Equal(UnavailableReason.UnreadableAnswer, outage.Reason);
        Assert.Empty(elsewhere.Received);
    }

    [Fact]
    public async Task Circular_links_end()
    {
        await using var server = await ScriptedServer.StartAsync(
            (context, number) =>
                context.AnswerAsync(200, $$$"""{"data":[],"links":{"next":"/api/lists?page%5Bcursor%5D={{{number % 3}}}"}}""")
        );
        using var rig = new ClientRig(server.Address);

        await Assert.ThrowsAsync<KlaviyoUnavailableException>(() => rig.Client.GetListsAsync(rig.Key, default).ToListAsync().AsTask());

        Assert.Equal(4, server.Received.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a?b")]
    [InlineData("Списак")]
    public async Task An_impossible_id_is_not_requested(string id)
    {
        await using var server = await ScriptedServer.StartAsync(200, Answers.Job);
        using var rig = new ClientRig(server.Address);

        Assert.Equal(KlaviyoRefusalKind.NotFound, (await rig.Client.GetListAsync(rig.Key, id, false, default)).Refusal?.Kind);
        Assert.Equal(KlaviyoRefusalKind.NotFound, (await rig.Client.GetImportJobAsync(rig.Key, id, default)).Refusal?.Kind);
        Assert.Equal(KlaviyoRefusalKind.NotFound, (await rig.Client.RemoveFromListAsync(rig.Key, id, ["P1"], default)).Refusal?.Kind);
        Assert.Equal(KlaviyoRefusalKind.NotFound, (await rig.Client.AddToListAsync(rig.Key, id, ["P1"], default)).Refusal?.Kind);
        Assert.Equal(KlaviyoRefusalKind.NotFound, (await rig.Client.FindListMembersAsync(rig.Key, id, ["a@b.co"], default)).Refusal?.Kind);
        await Assert.ThrowsAsync<KlaviyoRefusedException>(() =>
            rig.Client.GetListMembersAsync(rig.Key, id, default).ToListAsync().AsTask()
        );
        await Assert.ThrowsAsync<KlaviyoRefusedException>(() =>
            rig.Client.GetImportErrorsAsync(rig.Key, id, default).ToListAsync().AsTask()
        );
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task Addresses_too_long_for_one_call_are_looked_up_in_several()
    {
        await using var server = await ScriptedServer.StartAsync(
            (context, number) =>
                context.AnswerAsync(
                    200,
                    $$$"""{"data":[{"id":"P{{{number}}}","attributes":{"email":"p{{{number}}}@example.com"}},{"id":"X{{{number}}}","attributes":{"email":null}}]}"""
                )
        );
        using var rig = new ClientRig(server.Address);
        var emails = Enumerable.Range(0, 100).Select(i => $"{new string('a', 60)}{i:000}@{new string('b', 60)}.example.com").ToList();

        var found = (await rig.Client.FindListMembersAsync(rig.Key, "L", emails, default)).ValueOrThrow();

        Assert.True(server.Received.Count > 1);
        Assert.Equal(server.Received.Count, found.Count(member => member.Email is not null));
        Assert.All(server.Received, request => Assert.True(request.Target.Length < 8000));
    }

    [Fact]
    public async Task Exceeding_the_limit_of_a_call_is_a_bug_of_the_caller()
    {
        using var rig = new ClientRig("http://127.0.0.1:1");

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            rig.Client.RemoveFromListAsync(rig.Key, "L", [.. Enumerable.Repeat("P", 1001)], default)
        );
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            rig.Client.AddToListAsync(rig.Key, "L", [.. Enumerable.Repeat("P", 1001)], default)
        );
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            rig.Client.FindListMembersAsync(rig.Key, "L", [.. Enumerable.Repeat("a@b.co", 101)], default)
        );
    }

    [Fact]
    public async Task Without_profiles_to_look_up_or_remove_no_call_is_made()
    {
        using var rig = new ClientRig("http://127.0.0.1:1");

        Assert.Equal(0, (await rig.Client.RemoveFromListAsync(rig.Key, "L", [], default)).ValueOrThrow());
        Assert.Equal(0, (await rig.Client.AddToListAsync(rig.Key, "L", [], default)).ValueOrThrow());
        Assert.Empty((await rig.Client.FindListMembersAsync(rig.Key, "L", [], default)).ValueOrThrow());
    }

    [Theory]
    [InlineData("""{"email":"ana@example.com"}""", "ana@example.com")]
    [InlineData("""{"type":"profile","attributes":{"email":"ana@example.com"}}""", "ana@example.com")]
    [InlineData("""{"data":{"type":"profile","attributes":{"email":"ana@example.com"}}}""", "ana@example.com")]
    [InlineData("""{"phone_number":"+381"}""", null)]
    [InlineData("""{"email":5}""", null)]
    [InlineData("null", null)]
    public async Task An_import_error_names_its_profile_if_Klaviyo_does(string payload, string? email)
    {
        await using var server = await ScriptedServer.StartAsync(
            200,
            $$$"""
            {"data":[{"type":"import-error","id":"e","attributes":{"code":"invalid","title":"T","detail":"D",
              "source":{"pointer":"/data/attributes/profiles/data/7/attributes/email"},"original_payload":{{{payload}}}}}],"links":{"self":"x","next":null}}
            """
        );
        using var rig = new ClientRig(server.Address);

        var errors = await rig.Client.GetImportErrorsAsync(rig.Key, "J1", default).ToListAsync();

        Assert.Equal([new ImportError("e", "invalid", "T", "D", "/data/attributes/profiles/data/7/attributes/email", 7, email)], errors);
    }

    [Theory]
    [InlineData("queued", ImportJobStatus.Queued, false)]
    [InlineData("processing", ImportJobStatus.Processing, false)]
    [InlineData("complete", ImportJobStatus.Complete, true)]
    [InlineData("cancelled", ImportJobStatus.Cancelled, true)]
    [InlineData("paused", ImportJobStatus.Unknown, false)]
    public async Task The_status_of_a_job_says_whether_it_has_finished(string word, ImportJobStatus status, bool over)
    {
        await using var server = await ScriptedServer.StartAsync(
            200,
            Answers.Job.Replace("complete\"", word + "\"", StringComparison.Ordinal)
        );
        using var rig = new ClientRig(server.Address);

        var job = (await rig.Client.GetImportJobAsync(rig.Key, "J1", default)).ValueOrThrow();

        Assert.Equal((status, over), (job.Status, job.IsOver));
    }
}
