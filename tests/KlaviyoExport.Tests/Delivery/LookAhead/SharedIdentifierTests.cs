using System.Text.Json.Nodes;
using KlaviyoExport.Delivery.LookAhead;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using static KlaviyoExport.Tests.Delivery.FieldBench;

namespace KlaviyoExport.Tests.Delivery.LookAhead;

/// <summary>The preview and the test profile show what a run sends when members share phones, or values are left out for other reasons.</summary>
public sealed class SharedIdentifierTests
{
    private const string Phone = "+381641234567";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // Klaviyo is asked who is in the audience.
    public async Task A_preview_shows_every_member_exactly_as_the_run_sends_it(bool isLimited)
    {
        await using var bench = await PeopleAsync(isLimited);
        string?[][] people =
        [
            ["1", "unsubscribed@practice.example", Phone, null],
            ["2", "ana@x.example", Phone, "Belgrade"],
            ["3", "ben@x.example", Phone, null],
            ["4", "mailto:cve@x.example", "call me", null],
            ["5", "dan@gmial.com", "064 222 33 44", null],
        ];
        await bench.PutAsync(people);
        var shown = new Dictionary<string, PreviewedMember>(StringComparer.Ordinal);
        foreach (var person in people)
            shown.Add(person[0]!, (await PreviewAsync(bench, person[0]!))[0]);

        await bench.Product.RunAsync(bench.ExportId);

        Assert.All(
            shown.Values.Where(member => member.Json is not null),
            member =>
            {
                var attributes = JsonNode.Parse(member.Json!)!["attributes"]!;
                var delivered = bench.Member((string)attributes["email"]!);
                Assert.Equal(delivered.PhoneNumber, (string?)attributes["phone_number"]);
            }
        );
        var has = isLimited ? "2" : "1";
        Assert.Equal(isLimited ? ["2", "3", "4", "5"] : ["1", "2", "3", "4", "5"], Keys(shown, member => member.Json is not null));
        Assert.Equal([has], Keys(shown, member => member.Json?.Contains(Phone, StringComparison.Ordinal) == true));
        Assert.Equal([("phone_number", FieldEffect.TakenInRun), ("location.city", FieldEffect.Defaulted)], Effects(shown["3"]));
        Assert.Equal(
            [("phone_number", FieldEffect.Invalid), ("location.city", FieldEffect.Defaulted), ("email", FieldEffect.Repaired)],
            Effects(shown["4"])
        );
        Assert.Equal("gmial.com → gmail.com", shown["5"].Effects.Single(effect => effect.Effect == FieldEffect.LikelyTypo).Note);
    }

    [Fact]
    public async Task A_preview_names_the_attribute_and_the_fault_of_an_address()
    {
        await using var bench = await PeopleAsync(isLimited: false);
        await bench.ChangeAsync(export => export.Fields = [new("phone", "phone_number") { IsRequired = true }]);
        await bench.PutAsync(["1", "ana@x.example", "call me", null], ["2", "ben at x", Phone, null]);

        var shown = await PreviewAsync(bench, null);

        Assert.Equal((RejectionReason.InvalidField, "phone_number"), (shown[0].LeftOut, shown[0].Attribute));
        Assert.Equal("Delivery.EmailFault.NoAt", shown[1].AddressFault?.Code);
    }

    [Fact]
    public async Task A_test_profile_goes_without_a_phone_that_a_member_before_it_has()
    {
        await using var bench = await PeopleAsync(isLimited: false);
        await bench.PutAsync(["1", "ana@x.example", Phone, null], ["2", "ben@x.example", Phone, null]);

        await SendAsync(bench, "2");

        Assert.Null(bench.Member("ben@x.example").PhoneNumber);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_test_profile_is_sent_again_without_a_value_that_Klaviyo_refuses_as_in_a_run(bool atOnce)
    {
        await using var bench = await PeopleAsync(isLimited: false, atOnce);
        await bench.RunAsync(["1", "ana@x.example", Phone, null]);
        await bench.PutAsync(["2", "ben@x.example", Phone, null]);

        var result = await SendAsync(bench, "2");

        Assert.Equal((TestOutcome.Accepted, true), (result.Outcome, result.IsOnList));
        var (attribute, effect, _) = Assert.Single(result.WithoutValues);
        Assert.Equal(("phone_number", FieldEffect.TakenInKlaviyo), (attribute, effect));
        var run = await bench.Product.RunAsync(bench.ExportId);
        Assert.Equal((1, 0), (run.Ledger.Unchanged, run.Ledger.Prepared));
    }

    private static async Task<FieldBench> PeopleAsync(bool isLimited, bool refusesAtOnce = false)
    {
        var bench = await CreateAsync(
            [Text("phone"), Text("city")],
            [new("phone", "phone_number") { Region = "RS" }, new("city", "location.city") { Default = "Novi Sad" }],
            SyncMode.Incremental,
            refusesAtOnce: refusesAtOnce
        );
        await bench.ChangeAsync(export => export.Audience = new() { LeaveOutSuppressed = isLimited });
        return bench;
    }

    private static async Task<IReadOnlyList<PreviewedMember>> PreviewAsync(FieldBench bench, string? text)
    {
        var draft = (await bench.Product.Get<ExportService>().GetAsync(Product.Administrator, bench.ExportId, Cancel)).Draft;
        return await bench.Product.Get<MemberPreview>().ReadAsync(Product.Administrator, draft, text, Cancel);
    }

    private static Task<TestProfileResult> SendAsync(FieldBench bench, string key) =>
        bench.Product.Get<TestProfiles>().SendAsync(Product.Administrator, bench.ExportId, key, Cancel);

    private static IEnumerable<string> Keys(Dictionary<string, PreviewedMember> shown, Func<PreviewedMember, bool> isMeant) =>
        shown.Where(one => isMeant(one.Value)).Select(one => one.Key);

    private static IEnumerable<(string, FieldEffect)> Effects(PreviewedMember member) =>
        member.Effects.Select(effect => (effect.Attribute, effect.Effect));
}
