using System.Net;
using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Tests.Sandbox.Jobs;

public sealed class TakenIdentifierTests
{
    [Theory]
    [InlineData("phone_number", "+381641234567")]
    [InlineData("external_id", "A-1")]
    public async Task An_identifier_of_another_profile_fails_in_the_job_and_changes_neither(string identifier, string value)
    {
        await using var session = await SandboxSession.Start();
        await DeliverAsync(session, ("ana@x.example", identifier, value));

        var errors = await DeliverAsync(session, ("ben@x.example", identifier, value));

        Assert.Equal([("duplicate_profile", "/data/attributes/profiles/data/0/attributes")], errors);
        var member = Assert.Single(session.State.Members(PracticeStore.WinBack));
        Assert.Equal("ana@x.example", member.Email);
    }

    [Fact]
    public async Task The_request_can_be_refused_instead_and_names_the_identifier()
    {
        await using var session = await SandboxSession.Start(options => options.RefusesTakenIdentifiers = true);
        await DeliverAsync(session, ("ana@x.example", "phone_number", "+381641234567"));

        using var answer = await session.Send(
            "POST",
            "/api/profile-bulk-import-jobs",
            Body(("cve@x.example", "phone_number", "+381641112222"), ("ben@x.example", "phone_number", "+381641234567"))
        );

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("/data/attributes/profiles/data/1/attributes/phone_number", text, StringComparison.Ordinal);
    }

    private static string Body(params (string Email, string Identifier, string Value)[] profiles) =>
        Imports.WithAttributes(
            PracticeStore.WinBack,
            profiles.Select(profile => new Dictionary<string, string> { ["email"] = profile.Email, [profile.Identifier] = profile.Value })
        );

    /// <returns>The code and pointer of each import error.</returns>
    private static async Task<List<(string, string)>> DeliverAsync(
        SandboxSession session,
        params (string Email, string Identifier, string Value)[] profiles
    )
    {
        var id = (await session.Import(Body(profiles))).GetProperty("data").GetProperty("id").GetString();
        session.State.FinishJobs();
        return
        [
            .. (await session.Get($"/api/profile-bulk-import-jobs/{id}/import-errors"))
                .Data()
                .Select(error => error.GetProperty("attributes"))
                .Select(error => (error.GetProperty("code").GetString()!, error.GetProperty("source").GetProperty("pointer").GetString()!)),
        ];
    }
}
