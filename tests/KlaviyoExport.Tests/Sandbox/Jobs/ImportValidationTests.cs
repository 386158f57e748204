using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Tests.Sandbox.Jobs;

public sealed class ImportValidationTests
{
    private const string At = "/data/attributes/profiles/data";

    [Fact]
    public async Task One_malformed_address_is_refused_with_a_pointer_and_nothing_is_changed()
    {
        await using var session = await SandboxSession.Start();
        var answer = await session.Import(
            Imports.Of(PracticeStore.WinBack, "good@example.org", "bad@", "also@example.org", "bad too@example.org"),
            400
        );
        Assert.Equal([$"{At}/1/attributes/email", $"{At}/3/attributes/email"], answer.Pointers());
        session.State.FinishJobs();
        Assert.Empty(session.State.Members(PracticeStore.WinBack));
        Assert.Empty(session.State.Jobs());
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("@example.org")]
    [InlineData("a@example")]
    [InlineData("a@b@example.org")]
    [InlineData(".a@example.org")]
    [InlineData("a..b@example.org")]
    [InlineData("a@-example.org")]
    [InlineData("a@example.o")]
    [InlineData("a@example.123")]
    [InlineData("a@example..org")]
    [InlineData("ана@example.org")]
    [InlineData("a@пример.org")]
    [InlineData(" a@example.org")]
    [InlineData("a@example.org ")]
    [InlineData("a@example.org\n")]
    [InlineData("")]
    public async Task An_invalid_address_is_refused(string email)
    {
        await using var session = await SandboxSession.Start();
        Assert.Equal([$"{At}/0/attributes/email"], (await session.Import(Imports.Of(null, email), 400)).Pointers());
    }

    [Theory]
    [InlineData("a@example.org")]
    [InlineData("A.B+tag@Sub.Example.ORG")]
    [InlineData("o'neil_1@example.co.uk")]
    [InlineData("a@xn--e1aybc.example")]
    public async Task A_valid_address_is_accepted(string email)
    {
        await using var session = await SandboxSession.Start();
        await session.Import(Imports.Of(null, email));
    }

    [Theory]
    [InlineData("""{"type":"profile","attributes":{"email":"a@example.org","colour":"red"}}""", "/attributes/colour")]
    [InlineData("""{"type":"profile","attributes":{"email":7}}""", "/attributes/email")]
    [InlineData("""{"type":"profile","attributes":{"email":"a@example.org","first_name":{}}}""", "/attributes/first_name")]
    [InlineData("""{"type":"profile","attributes":{"phone_number":"0641234567"}}""", "/attributes/phone_number")]
    [InlineData("""{"type":"profile","attributes":{"phone_number":"+381 64 123"}}""", "/attributes/phone_number")]
    [InlineData("""{"type":"profile","attributes":{"first_name":"Ana"}}""", "/attributes")]
    [InlineData("""{"type":"profile","attributes":{"email":null}}""", "/attributes")]
    [InlineData("""{"type":"profile","attributes":{"external_id":""}}""", "/attributes")]
    [InlineData("""{"type":"profile"}""", "/attributes")]
    [InlineData("""{"type":"person","attributes":{"email":"a@example.org"}}""", "/type")]
    [InlineData("""{"attributes":{"email":"a@example.org"}}""", "/type")]
    [InlineData("""{"type":"profile","attributes":{"email":"a@example.org"},"extra":1}""", "/extra")]
    [InlineData(
        """{"type":"profile","attributes":{"email":"a@example.org","location":{"planet":"Earth"}}}""",
        "/attributes/location/planet"
    )]
    [InlineData("""{"type":"profile","attributes":{"email":"a@example.org","location":{"zip":11000}}}""", "/attributes/location/zip")]
    [InlineData("""{"type":"profile","attributes":{"email":"a@example.org","properties":[1]}}""", "/attributes/properties")]
    [InlineData(
        """{"type":"profile","attributes":{"email":"a@example.org"},"meta":{"patch_properties":{"set":1}}}""",
        "/meta/patch_properties/set"
    )]
    [InlineData("""7""", "")]
    public async Task An_invalid_profile_is_refused_with_a_pointer_to_the_error(string profile, string pointer)
    {
        await using var session = await SandboxSession.Start();
        Assert.Equal([$"{At}/0{pointer}"], (await session.Import(Imports.Raw(null, profile), 400)).Pointers());
    }

    [Theory]
    [InlineData("""{"data":{"type":"profile-bulk-import-job","attributes":{"profiles":{"data":[]}}}}""", At)]
    [InlineData("""{"data":{"type":"profile-bulk-import-job","attributes":{"profiles":{}}}}""", At)]
    [InlineData("""{"data":{"type":"profile-bulk-import-job","attributes":{}}}""", "/data/attributes/profiles")]
    [InlineData("""{"data":{"type":"profile-bulk-import-job"}}""", "/data/attributes")]
    [InlineData("""{"data":[]}""", "/data")]
    [InlineData("""{}""", "/data")]
    [InlineData("""[]""", "/")]
    [InlineData(
        """{"data":{"type":"import","attributes":{"profiles":{"data":[{"type":"profile","attributes":{"email":"a@example.org"}}]}}}}""",
        "/data/type"
    )]
    [InlineData(
        """{"data":{"type":"profile-bulk-import-job","attributes":{"profiles":{"data":[{"type":"profile","attributes":{"email":"a@example.org"}}]}}}""",
        "/data"
    )]
    [InlineData("", "/data")]
    public async Task A_body_of_the_wrong_shape_is_refused(string body, string pointer)
    {
        await using var session = await SandboxSession.Start();
        Assert.Equal(pointer, (await session.Import(body, 400)).Pointers().First());
    }

    [Theory]
    [InlineData("""{"type":"profile","attributes":{"email":"a@example.org","first_name":"\ud800"}}""")]
    [InlineData("""{"type":"profile","attributes":{"email":"a@example.org","properties":{"note":["\udc00"]}}}""")]
    [InlineData("""{"type":"profile","attributes":{"email":"a@example.org","properties":{"\ud800":1}}}""")]
    [InlineData("""{"type":"profile","attributes":{"email":"a@example.org","email":"b@example.org"}}""")]
    [InlineData("""{"type":"profile","attributes":{"email":"a@example.org","properties":{"x":1,"x":2}}}""")]
    public async Task Invalid_Unicode_and_duplicate_names_are_refused_before_the_job(string profile)
    {
        await using var session = await SandboxSession.Start();
        Assert.Equal("parse_error", (await session.Import(Imports.Raw(null, profile), 400)).Error().GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_unknown_list_is_refused_with_a_pointer_and_nothing_is_imported()
    {
        await using var session = await SandboxSession.Start();
        Assert.Equal(
            ["/data/relationships/lists/data/0/id"],
            (await session.Import(Imports.Of(SecondStore.Customers, "a@example.org"), 404)).Pointers()
        );
        Assert.Empty(session.State.Jobs());
    }

    [Fact]
    public async Task Ten_thousand_profiles_are_accepted_and_one_more_is_refused()
    {
        await using var session = await SandboxSession.Start();
        await session.Import(Imports.Of(null, Imports.Emails(10_000)));
        Assert.Equal([At], (await session.Import(Imports.Of(null, Imports.Emails(10_001)), 400)).Pointers());
    }

    [Fact]
    public async Task A_body_over_five_megabytes_is_refused()
    {
        await using var session = await SandboxSession.Start();
        static string Body(int bytes)
        {
            var profiles = Enumerable
                .Range(0, 60)
                .Select(i => new { email = $"p{i}@example.org", properties = new { note = new string('x', 80_000) } })
                .Cast<object>()
                .ToList();
            var body = Imports.WithAttributes(null, profiles);
            return body + new string(' ', bytes - body.Length);
        }
        await session.Import(Body(5_000_000));
        await session.Import(Body(5_000_001), 413);
    }

    [Fact]
    public async Task A_profile_over_a_hundred_kilobytes_is_refused()
    {
        await using var session = await SandboxSession.Start();
        static object Big(int size) => new { email = "a@example.org", properties = new { note = new string('x', size) } };
        await session.Import(Imports.WithAttributes(null, Big(99_900)));
        Assert.Equal([$"{At}/0"], (await session.Import(Imports.WithAttributes(null, Big(100_000)), 400)).Pointers());
    }
}
