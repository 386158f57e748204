using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Tests.Sandbox.Profiles;

public sealed class ProfileTests
{
    [Fact]
    public async Task Profiles_are_looked_up_by_address_with_their_consent()
    {
        await using var session = await SandboxSession.Start();
        var answer = await session.Get(
            """
            /api/profiles?filter=any(email,["Subscribed@practice.example","unsubscribed@practice.example","nobody@practice.example"])&additional-fields[profile]=subscriptions&page[size]=100
            """.Trim()
        );
        var consents = answer
            .Data()
            .ToDictionary(
                p => p.Text("email")!,
                p => p.GetProperty("attributes").GetProperty("subscriptions").GetProperty("email").GetProperty("marketing")
            );
        Assert.Equal(2, consents.Count);
        Assert.Equal("SUBSCRIBED", consents["subscribed@practice.example"].GetProperty("consent").GetString());
        Assert.Equal(
            "UNSUBSCRIBE",
            consents["unsubscribed@practice.example"].GetProperty("suppression")[0].GetProperty("reason").GetString()
        );
        Assert.False(consents["unsubscribed@practice.example"].GetProperty("can_receive_email_marketing").GetBoolean());
    }

    [Fact]
    public async Task Importing_and_adding_to_a_list_do_not_change_consent()
    {
        await using var session = await SandboxSession.Start();
        var before = session.State.Consents();
        await session.Deliver(
            PracticeStore.WinBack,
            "subscribed@practice.example",
            "unsubscribed@practice.example",
            "spam@practice.example",
            "new@example.org"
        );
        Assert.Equal(4, session.State.Members(PracticeStore.WinBack).Count);
        Assert.Equal(before, session.State.Consents());
    }

    [Fact]
    public async Task A_call_that_would_subscribe_people_is_detected()
    {
        await using var session = await SandboxSession.Start();
        var before = session.State.Consents();
        await session.Post(
            "/api/profile-subscription-bulk-create-jobs",
            $$$$$$"""
            {"data":{"type":"profile-subscription-bulk-create-job","attributes":{"profiles":{"data":[
              {"type":"profile","attributes":{"email":"unsubscribed@practice.example","subscriptions":{"email":{"marketing":{"consent":"SUBSCRIBED"}}}}},
              {"type":"profile","attributes":{"email":"new@example.org","subscriptions":{"email":{"marketing":{"consent":"SUBSCRIBED"}}}}}]}},
             "relationships":{"list":{"data":{"type":"list","id":"{{{{{{PracticeStore.WinBack}}}}}}"}}}}}
            """,
            202
        );
        var after = session.State.Consents();
        Assert.NotEqual(before["unsubscribed@practice.example"], after["unsubscribed@practice.example"]);
        Assert.DoesNotContain("UNSUBSCRIBE,", after["unsubscribed@practice.example"]);
        Assert.Contains("new@example.org", after.Keys);
    }

    [Fact]
    public async Task One_profile_can_be_created_updated_and_emptied()
    {
        await using var session = await SandboxSession.Start();
        const string path = "/api/profile-import";
        var created = await session.Post(
            path,
            """{"data":{"type":"profile","attributes":{"email":"a@example.org","first_name":"Ana","last_name":"A"}}}""",
            201
        );
        var updated = await session.Post(
            path,
            """{"data":{"type":"profile","attributes":{"email":"A@example.org","first_name":null}}}""",
            200
        );
        Assert.Equal(created.GetProperty("data").GetProperty("id").GetString(), updated.GetProperty("data").GetProperty("id").GetString());
        Assert.Null(updated.GetProperty("data").Text("first_name"));
        Assert.Equal("A", updated.GetProperty("data").Text("last_name"));
        Assert.Equal(
            ["/data/attributes/email"],
            (await session.Post(path, """{"data":{"type":"profile","attributes":{"email":"a"}}}""", 400)).Pointers()
        );
    }

    [Fact]
    public async Task A_new_profile_can_be_created()
    {
        await using var session = await SandboxSession.Start();
        var created = await session.Post(
            "/api/profiles?fields[profile]=email,first_name",
            """{"data":{"type":"profile","attributes":{"email":"a@example.org","phone_number":"+381641234567","first_name":"Ana"}}}""",
            201
        );
        Assert.Equal(
            """{"email":"a@example.org","first_name":"Ana"}""",
            created.GetProperty("data").GetProperty("attributes").GetRawText()
        );
        var found = await session.Get(
            "/api/profiles?filter=equals(phone_number,\"+381641234567\")".Replace("+", "%2B", StringComparison.Ordinal)
        );
        Assert.Equal([created.GetProperty("data").GetProperty("id").GetString()], found.Ids());
    }

    [Theory]
    [InlineData("""{"email":"A@example.org"}""")]
    [InlineData("""{"email":"b@example.org","phone_number":"+381641234567"}""")]
    [InlineData("""{"external_id":"C-1","first_name":"Bo"}""")]
    public async Task Creating_a_profile_that_exists_names_it_and_changes_nothing(string attributes)
    {
        await using var session = await SandboxSession.Start();
        const string ana = """{"email":"a@example.org","phone_number":"+381641234567","external_id":"C-1","first_name":"Ana"}""";
        var id = (await session.Post("/api/profiles", Profile(ana), 201)).GetProperty("data").GetProperty("id").GetString()!;
        var error = (await session.Post("/api/profiles", Profile(attributes), 409)).Error();
        Assert.Equal("duplicate_profile", error.GetProperty("code").GetString());
        Assert.Equal(id, error.GetProperty("meta").GetProperty("duplicate_profile_id").GetString());
        var profile = (await session.Get($"/api/profiles?filter=equals(id,\"{id}\")")).Data().Single();
        Assert.Equal(("a@example.org", "Ana"), (profile.Text("email"), profile.Text("first_name")));
        Assert.Empty((await session.Get("/api/profiles?filter=equals(email,\"b@example.org\")")).Data());

        static string Profile(string attributes) => $$$"""{"data":{"type":"profile","attributes":{{{attributes}}}}}""";
    }

    [Theory]
    [InlineData("""{"data":{"type":"profile","attributes":{"email":"a"}}}""", "/data/attributes/email")]
    [InlineData("""{"data":{"type":"profile","attributes":{"first_name":"Ana"}}}""", "/data/attributes")]
    [InlineData("""{"data":{"type":"profile","id":"01GDDKASAP8TKDDA2GRZDSVP4H","attributes":{"email":"a@example.org"}}}""", "/data/id")]
    [InlineData("""{"data":{"type":"list","attributes":{"email":"a@example.org"}}}""", "/data/type")]
    [InlineData("{}", "/data")]
    public async Task An_invalid_new_profile_is_refused_with_a_pointer(string body, string pointer)
    {
        await using var session = await SandboxSession.Start();
        Assert.Equal([pointer], (await session.Post("/api/profiles", body, 400)).Pointers());
    }

    [Fact]
    public async Task A_profile_can_change_its_address_and_is_no_longer_found_by_the_old_one()
    {
        await using var session = await SandboxSession.Start();
        const string path = "/api/profile-import";
        await session.Post(path, """{"data":{"type":"profile","attributes":{"email":"old@example.org","external_id":"7"}}}""", 201);
        await session.Post(path, """{"data":{"type":"profile","attributes":{"email":"new@example.org","external_id":"7"}}}""", 200);
        Assert.Empty((await session.Get("/api/profiles?filter=equals(email,\"old@example.org\")")).Data());
        Assert.Single((await session.Get("/api/profiles?filter=equals(email,\"new@example.org\")")).Data());
        await session.Post(
            path,
            """{"data":{"type":"profile","attributes":{"email":"subscribed@practice.example","external_id":"7"}}}""",
            409
        );
    }

    [Fact]
    public async Task Only_the_requested_fields_are_returned()
    {
        await using var session = await SandboxSession.Start();
        await session.Import(Imports.WithAttributes(null, new { email = "a@example.org", location = new { city = "Niš", zip = "18000" } }));
        session.State.FinishJobs();
        var answer = await session.Get("/api/profiles?filter=equals(email,\"a@example.org\")&fields[profile]=email,location.city");
        Assert.Equal(
            """{"email":"a@example.org","location":{"city":"Niš"}}""",
            answer.Data().Single().GetProperty("attributes").GetRawText()
        );
    }

    [Theory]
    [InlineData("email", "never@practice.example")]
    [InlineData("-email", "unsubscribed@practice.example")]
    [InlineData("-created", "suppressed@practice.example")]
    public async Task Profiles_can_be_sorted(string sort, string first)
    {
        await using var session = await SandboxSession.Start();
        var answer = await session.Get($"/api/profiles?sort={sort}&page[size]=1");
        Assert.Equal([first], answer.Data().Select(p => p.Text("email")));
        Assert.NotNull(answer.Next());
    }

    [Fact]
    public async Task Ids_are_stable_and_belong_to_one_account()
    {
        await using var session = await SandboxSession.Start();
        var id = (await session.Get("/api/profiles")).Ids().Last();
        Assert.Equal([id], (await session.Get($"/api/profiles?filter=equals(id,\"{id}\")")).Ids());
        session.Key = SecondStore.FullKey;
        Assert.Empty((await session.Get($"/api/profiles?filter=equals(id,\"{id}\")")).Ids());
    }
}
