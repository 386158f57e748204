using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Sources;

namespace KlaviyoExport.Tests.Segments;

/// <summary>A person is found in every kind of source, and the conditions decide as in a run.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class ProfileLookupTests(MessyCustomers customers) : IClassFixture<MessyCustomers>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Keys => ["a", "A", "a ", "á", "a\u0301", "ж", "10", "'", "\"", "%", "k\u212A"];

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task A_key_is_found_exactly_in_every_kind_of_source(string key)
    {
        foreach (var (name, source) in customers.Sources)
        {
            var found = (await FindAsync(source, key, [])).Under([], ["text"]);
            Assert.Equal((name, key), (name, Assert.Single(found).Key));
        }
    }

    [Theory]
    [InlineData("ŽUĆKO")]
    [InlineData("жућко 100%_X")]
    [InlineData("padded")]
    [InlineData("kelvin")]
    [InlineData("o'; drop table people; --")]
    [InlineData("[A]")]
    public async Task A_text_of_the_email_field_is_found_in_the_same_profiles_in_every_kind_of_source(string text)
    {
        var expected = (await FindAsync(customers.Sources["CSV"], text, [])).Under([], ["text"]).Select(profile => profile.Key);
        foreach (var (name, source) in customers.Sources)
            Assert.Equal(
                (name, string.Join('|', expected)),
                (name, string.Join('|', (await FindAsync(source, text, [])).Under([], ["text"]).Select(profile => profile.Key)))
            );
    }

    [Fact]
    public async Task A_profile_is_told_to_be_a_member_exactly_when_a_run_reads_it()
    {
        foreach (var (name, source) in customers.Sources)
        {
            Segment[] segments =
            [
                Of(source, 1, new Condition("whole", Operator.Greater, ["4"])),
                Of(source, 2, new Condition("text", Operator.Contains, ["a"])),
                Of(source, 3, new Condition("day", Operator.InLastDays, ["30"])),
                Of(source, 4, new Condition("number", Operator.InList, ["1.5", "2"])),
                Of(source, 5, new Condition("active", Operator.NotEqual, ["yes"])),
                Of(source, 6, new Condition("day", Operator.Anniversary, ["3"])),
                Of(source, 7, new Condition("text", Operator.NotEndsWith, ["a"])),
                Of(source, 8, new ConditionGroup(GroupKind.None, [new Condition("number", Operator.NotBetween, ["1", "2"])])),
            ];
            var found = new Dictionary<string, FoundRows>();
            foreach (var key in Keys.Select(row => row.Data))
                found[key] = await FindAsync(source, key, segments);
            foreach (var segment in segments)
            {
                var read = new HashSet<string>();
                await foreach (var profile in customers.Store.Reader.ReadAsync(source, [segment], [], Cancel))
                    read.Add(profile.Key);
                foreach (var (key, rows) in found)
                {
                    var verdict = rows.Under([segment], ["text"])[0].Segments[0];
                    Assert.Equal((name, segment.Id, key, read.Contains(key)), (name, segment.Id, key, verdict.IsMember == true));
                    Assert.Single(verdict.Deciding);
                }
            }
        }
    }

    [Fact]
    public async Task A_membership_is_decided_by_the_key_in_every_database()
    {
        foreach (var (name, source) in customers.Sources.Where(source => source.Value.Kind is not (SourceKind.Csv or SourceKind.S3)))
        {
            // The table of the customers itself contains each key.
            var all = new Segment
            {
                Id = 1,
                Name = "x",
                SourceId = source.Id,
                Definition = new MembershipSegment(source.Table!, ["id"]),
                CreatedBy = "x",
            };
            var none = new Segment
            {
                Id = 2,
                Name = "y",
                SourceId = source.Id,
                Definition = new MembershipSegment(source.Table!, ["text"]),
                CreatedBy = "x",
            };
            var verdicts = (await FindAsync(source, "a", [all, none])).Under([all, none], ["text"])[0].Segments;
            Assert.Equal((name, true, false), (name, verdicts[0].IsMember, verdicts[1].IsMember));
        }
    }

    [Fact]
    public async Task Several_rows_with_one_key_are_one_profile_as_in_a_run()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(
            "CREATE TABLE rows (id TEXT, text TEXT, city TEXT); INSERT INTO rows VALUES "
                + "('k', 'b@shop.example', 'Reus'), ('k', 'c@shop.example', 'Reus'), ('k', 'a@shop.example', 'Girona')",
            "rows"
        );
        foreach (var (city, email) in new[] { ("Reus", "b@shop.example"), ("Girona", "a@shop.example") })
        {
            var segment = Of(source, 1, new Condition("city", Operator.Equal, [city]));
            var rows = await store.Store.Get<ProfileLookup>().FindAsync(source, "text", [], [segment], "c@SHOP.example", Cancel);
            var found = Assert.Single(rows.Under([segment], ["text"]));

            var read = new List<Profile>();
            await foreach (var profile in store.Reader.ReadAsync(source, [segment], ["text"], Cancel))
                read.Add(profile);
            Assert.Equal(("k", email, true), (found.Key, found.Email, found.IsMember));
            Assert.Equal(email, Assert.Single(read).Values[0]);
        }
    }

    private async Task<FoundRows> FindAsync(Source source, string text, IReadOnlyList<Segment> segments) =>
        await customers.Store.Store.Get<ProfileLookup>().FindAsync(source, "text", [], segments, text, Cancel);

    private static Segment Of(Source source, int id, ConditionNode condition) =>
        new()
        {
            Id = id,
            Name = "x",
            SourceId = source.Id,
            Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [condition])),
            CreatedBy = "x",
        };
}
