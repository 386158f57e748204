using System.Text;
using System.Text.Json;
using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Tests.Klaviyo.Profiles;

public sealed class ImportBodyTests
{
    [Fact]
    public void The_body_names_the_list_and_holds_the_profiles_in_their_order()
    {
        var body = JsonDocument.Parse(ImportBody.Assemble("XyZ123", [Profile("a"), Profile("b")])).RootElement.GetProperty("data");

        Assert.Equal("profile-bulk-import-job", body.GetProperty("type").GetString());
        Assert.Equal("XyZ123", body.GetProperty("relationships").GetProperty("lists").GetProperty("data")[0].GetProperty("id").GetString());
        Assert.Equal(
            ["a@example.com", "b@example.com"],
            body.GetProperty("attributes")
                .GetProperty("profiles")
                .GetProperty("data")
                .EnumerateArray()
                .Select(profile => profile.GetProperty("attributes").GetProperty("email").GetString())
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(137)]
    public void The_length_is_known_in_advance(int count)
    {
        var profiles = Enumerable.Range(0, count).Select(i => Profile($"p{i}")).ToList();

        Assert.Equal(
            ImportBody.Assemble("XyZ123", profiles).Length,
            ImportBody.Length("XyZ123", count, profiles.Sum(profile => (long)profile.Length))
        );
        Assert.Equal(
            ImportBody.Overhead("XyZ123") + profiles.Sum(profile => profile.Length) + count - 1,
            ImportBody.Assemble("XyZ123", profiles).Length
        );
    }

    [Fact]
    public void A_batch_of_10000_profiles_is_accepted_and_a_larger_one_is_refused()
    {
        var profiles = Enumerable.Repeat(Profile("a"), KlaviyoLimits.ProfilesPerImport).ToList();
        Assert.NotEmpty(ImportBody.Assemble("L", profiles));
        Assert.False(ImportBody.HasRoom("L", profiles.Count, profiles.Sum(profile => (long)profile.Length), profiles[0].Length));

        profiles.Add(Profile("a"));
        Assert.Throws<ArgumentException>(() => ImportBody.Assemble("L", profiles));
    }

    [Fact]
    public void A_body_of_5_megabytes_is_accepted_and_one_byte_more_is_refused()
    {
        var profiles = Enumerable.Repeat(Sized(99_000), 50).ToList();
        var left = KlaviyoLimits.ImportBytes - (int)ImportBody.Length("L", 50, 50 * 99_000) - 1;

        Assert.True(ImportBody.HasRoom("L", 50, 50 * 99_000, left));
        Assert.Equal(KlaviyoLimits.ImportBytes, ImportBody.Assemble("L", [.. profiles, Sized(left)]).Length);
        Assert.False(ImportBody.HasRoom("L", 50, 50 * 99_000, left + 1));
        Assert.Throws<ArgumentException>(() => ImportBody.Assemble("L", [.. profiles, Sized(left + 1)]));
    }

    [Fact]
    public void A_profile_of_100_kilobytes_is_accepted_and_one_byte_more_is_refused()
    {
        Assert.NotEmpty(ImportBody.Assemble("L", [Sized(KlaviyoLimits.ProfileBytes)]));
        Assert.Throws<ArgumentException>(() => ImportBody.Assemble("L", [Sized(KlaviyoLimits.ProfileBytes + 1)]));
    }

    [Fact]
    public void A_body_without_profiles_is_refused() => Assert.Throws<ArgumentException>(() => ImportBody.Assemble("L", []));

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\"b")]
    [InlineData("..")]
    public void An_impossible_list_id_is_refused(string listId) =>
        Assert.Throws<ArgumentException>(() => ImportBody.Assemble(listId, [Profile("a")]));

    [Fact]
    public void The_profiles_in_a_body_are_byte_for_byte_those_added()
    {
        ReadOnlyMemory<byte>[] profiles = [Profile("a"), Profile("]}"), Profile("Јован \\\"profiles\\\":{\\\"data\\\":["), Sized(5000)];

        var read = ImportBody.Profiles(ImportBody.Assemble("XyZ123", profiles));

        Assert.Equal(profiles.Select(Text), read.Select(Text));
    }

    [Fact]
    public void Setting_refused_rows_aside_leaves_the_others_unchanged()
    {
        var body = ImportBody.Assemble("L", [Profile("a"), Profile("bad"), Profile("c")]);

        var rest = ImportBody.Profiles(body).Where((_, index) => index != 1);

        Assert.Equal(ImportBody.Assemble("L", [Profile("a"), Profile("c")]), ImportBody.Assemble("L", rest));
    }

    [Fact]
    public void Invalid_JSON_is_refused() => Assert.Throws<ArgumentException>(() => ImportBody.Profiles("{}"u8.ToArray()));

    private static ReadOnlyMemory<byte> Profile(string name) =>
        Encoding.UTF8.GetBytes($$$"""{"type":"profile","attributes":{"email":"{{{name}}}@example.com"}}""");

    private static ReadOnlyMemory<byte> Sized(int bytes)
    {
        var frame = Profile("").Length;
        return Profile(new string('x', bytes - frame));
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
