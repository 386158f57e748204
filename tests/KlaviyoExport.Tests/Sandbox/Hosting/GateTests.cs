using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Tests.Sandbox.Hosting;

public sealed class GateTests
{
    [Fact]
    public async Task The_account_of_the_key_is_returned()
    {
        await using var session = await SandboxSession.Start();
        var account = Assert.Single((await session.Get("/api/accounts")).Data());
        Assert.Equal(PracticeStore.Id, account.GetProperty("id").GetString());
        session.Key = SecondStore.FullKey;
        Assert.Equal([SecondStore.Id], (await session.Get("/api/accounts")).Ids());
    }

    [Theory]
    [InlineData(null, "not_authenticated")]
    [InlineData("Klaviyo-API-Key pk_wrong", "authentication_failed")]
    [InlineData("Klaviyo-API-Key", "authentication_failed")]
    [InlineData("Bearer nothing", "authentication_failed")]
    [InlineData("Basic cGs6", "authentication_failed")]
    [InlineData("klaviyo-api-key " + PracticeStore.FullKey, "authentication_failed")]
    public async Task A_request_without_a_valid_key_is_refused(string? authorization, string code)
    {
        await using var session = await SandboxSession.Start();
        var response = await session.Send(
            "GET",
            "/api/accounts",
            change: request =>
            {
                request.Headers.Remove("Authorization");
                if (authorization is not null)
                    request.Headers.TryAddWithoutValidation("Authorization", authorization);
            }
        );
        Assert.Equal(code, (await SandboxSession.Read(response, 401)).Error().GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_missing_scope_is_named()
    {
        await using var session = await SandboxSession.Start();
        session.Key = PracticeStore.NoListsWriteKey;
        var error = (await session.Import(Imports.Of(PracticeStore.WinBack, "a@example.org"), 403)).Error();
        Assert.Contains("lists:write", error.GetProperty("detail").GetString());
        session.Key = PracticeStore.ReadOnlyKey;
        Assert.Contains(
            "lists:write, profiles:write",
            (await session.Import(Imports.Of(null, "a@example.org"), 403)).Error().GetProperty("detail").GetString()
        );
        await session.Get("/api/lists");
    }

    [Theory]
    [InlineData(null, 400)]
    [InlineData("", 400)]
    [InlineData("2026-07-14", 400)]
    [InlineData("2026-10-15", 400)]
    [InlineData("yesterday", 400)]
    [InlineData("2026-07-15.pre", 400)]
    [InlineData("2026-07-15", 200)]
    [InlineData("2025-01-15", 200)]
    [InlineData("2024-10-15", 410)]
    [InlineData("2023-02-22", 410)]
    public async Task A_revision_must_be_given_known_and_not_retired(string? revision, int status)
    {
        await using var session = await SandboxSession.Start();
        var response = await session.Send(
            "GET",
            "/api/lists",
            change: request =>
            {
                request.Headers.Remove("revision");
                if (revision is not null)
                    request.Headers.TryAddWithoutValidation("revision", revision);
            }
        );
        await SandboxSession.Read(response, status);
    }

    [Fact]
    public async Task A_revision_retires_two_years_after_its_date()
    {
        await using var session = await SandboxSession.Start();
        session.Clock.Advance(new DateTimeOffset(2028, 7, 14, 23, 59, 59, TimeSpan.Zero) - session.Clock.GetUtcNow());
        await session.Get("/api/lists");
        session.Clock.Advance(TimeSpan.FromSeconds(1));
        await session.Get("/api/lists", 410);
    }

    [Theory]
    [InlineData("application/vnd.api+json", 202)]
    [InlineData("application/vnd.api+json; charset=utf-8", 202)]
    [InlineData("application/json", 202)]
    [InlineData("application/json; charset=utf-8", 202)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("text/plain", 415)]
    [InlineData(null, 415)]
    public async Task A_body_is_JSON_API_or_JSON(string? mediaType, int status)
    {
        await using var session = await SandboxSession.Start();
        var response = await session.Send(
            "POST",
            "/api/profile-bulk-import-jobs",
            Imports.Of(null, "a@example.org"),
            request =>
            {
                request.Content!.Headers.Remove("Content-Type");
                if (mediaType is not null)
                    request.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
            }
        );
        await SandboxSession.Read(response, status);
    }

    [Fact]
    public async Task A_compressed_body_is_refused()
    {
        await using var session = await SandboxSession.Start();
        var response = await session.Send(
            "POST",
            "/api/profile-bulk-import-jobs",
            Imports.Of(null, "a@example.org"),
            request => request.Content!.Headers.ContentEncoding.Add("gzip")
        );
        await SandboxSession.Read(response, 415);
    }

    [Theory]
    [InlineData("application/vnd.api+json", 200)]
    [InlineData("application/json, text/plain, */*", 200)]
    [InlineData("*/*", 200)]
    [InlineData(null, 200)]
    [InlineData("text/html", 406)]
    public async Task A_client_must_accept_JSON(string? accept, int status)
    {
        await using var session = await SandboxSession.Start();
        var answer = await session.Send(
            "GET",
            "/api/lists",
            change: r =>
            {
                if (accept is not null)
                    r.Headers.TryAddWithoutValidation("Accept", accept);
            }
        );
        await SandboxSession.Read(answer, status);
    }

    [Theory]
    [InlineData("page[size]=11", "page[size]")]
    [InlineData("page[size]=0", "page[size]")]
    [InlineData("page[size]=ten", "page[size]")]
    [InlineData("page[cursor]=abc", "page[cursor]")]
    [InlineData("sort=size", "sort")]
    [InlineData("sort=--name", "sort")]
    [InlineData("fields[list]=name,colour", "fields[list]")]
    [InlineData("fields[profile]=email", "fields[profile]")]
    [InlineData("additional-fields[list]=profile_count", "additional-fields[list]")]
    [InlineData("include=profiles", "include")]
    [InlineData("filter=equals(colour,'red')", "filter")]
    [InlineData("filter=contains(name,'red')", "filter")]
    [InlineData("filter=equals(name,'red'", "filter")]
    [InlineData("filter=", "filter")]
    [InlineData("filter=greater-than(created,soon)", "filter")]
    [InlineData("limit=5", "limit")]
    [InlineData("sort=name&sort=id", "sort")]
    public async Task An_unknown_or_invalid_query_parameter_is_named(string query, string parameter)
    {
        await using var session = await SandboxSession.Start();
        var error = (await session.Get($"/api/lists?{query}", 400)).Error();
        Assert.Equal(parameter, error.GetProperty("source").GetProperty("parameter").GetString());
    }
}
