using KlaviyoExport.Delivery.LookAhead;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery.LookAhead;

public sealed class MemberPreviewTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_ten_members_are_shown_exactly_as_they_are_sent()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(15));

        var shown = await PreviewAsync(bench);

        Assert.Equal(Enumerable.Range(0, 10).Select(n => $"c{n:d7}"), shown.Select(member => member.Key));
        Assert.Equal("""{"type":"profile","attributes":{"email":"c3@shop.example","first_name":"Name 3"}}""", shown[3].Json);
        Assert.DoesNotContain(bench.Sandbox.State.Requests, request => request.Method == "POST");
    }

    [Fact]
    public async Task Each_member_that_is_left_out_says_why()
    {
        await using var bench = await Workbench.CreateAsync(
            [
                new("a", "a@shop.example", "A"),
                new("b", "A@Shop.example", "B"),
                new("c", "c@", "C"),
                new("d", null, "D"),
                new("e", "e@shop.example", "E"),
                new("f", "never@practice.example", "F"),
            ],
            SyncMode.Incremental
        );
        await bench.RunAsync();
        await using (var db = await bench.Product.OpenAsync())
        {
            var addresses = bench.Product.Get<EmailHashes>();
            using var hasher = await addresses.LoadAsync(Cancel);
            var hash = hasher.Hash("e@shop.example").ToArray();
            await Memberships.RemoveByHandAsync(db, bench.ExportId, [hash], Cancel);
        }

        var shown = await PreviewAsync(bench, change: draft => draft with { Audience = new() { OnlySubscribed = true } });

        Assert.Equal(
            "a NotSubscribed, b DuplicateEmail a, c InvalidEmail, d WithoutEmail, e RemovedByHand, f NotSubscribed",
            string.Join(", ", shown.Select(member => $"{member.Key} {member.LeftOut} {member.DuplicateOf ?? member.Attribute}".TrimEnd()))
        );
        Assert.All(shown, member => Assert.Null(member.Json));
    }

    [Fact]
    public async Task An_invalid_address_says_what_is_wrong_with_it()
    {
        await using var bench = await Workbench.CreateAsync([new("a", "a@", "A")]);

        Assert.Equal("Delivery.EmailFault.NoDomain", Assert.Single(await PreviewAsync(bench)).AddressFault?.Code);
    }

    [Fact]
    public async Task A_value_that_is_left_out_repaired_or_doubtful_is_named()
    {
        await using var bench = await Workbench.CreateAsync([
            new("a", "mailto:a@gmial.com", "not a number"),
            new("b", "b@shop.example", "B"),
        ]);

        var shown = await PreviewAsync(bench, change: draft => draft with { Fields = [new("name", "phone_number")] });

        Assert.Equal(
            [
                new("phone_number", FieldEffect.Invalid, null),
                new("email", FieldEffect.Repaired, null),
                new ValueEffect("email", FieldEffect.LikelyTypo, "gmial.com → gmail.com"),
            ],
            shown[0].Effects
        );
        Assert.Equal("""{"type":"profile","attributes":{"email":"a@gmial.com"}}""", shown[0].Json);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("b")]
    public async Task An_identifier_that_a_member_before_it_has_is_left_out_though_that_member_is_not_shown(string? text)
    {
        await using var bench = await Workbench.CreateAsync([new("a", "a@shop.example", "X-1"), new("b", "b@mail.example", "X-1")]);

        var shown = await PreviewAsync(bench, text, draft => draft with { Fields = [new("name", "external_id")] });

        var second = shown.Single(member => member.Key == "b");
        Assert.Equal([new ValueEffect("external_id", FieldEffect.TakenInRun, null)], second.Effects);
        Assert.DoesNotContain("X-1", second.Json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unchanged_member_is_shown_with_the_values_that_Klaviyo_has()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(2), SyncMode.Incremental);
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync([.. Customer.Many(1), new("c0000001", "c1@shop.example", "Renamed")]);

        var shown = await PreviewAsync(bench);

        Assert.Equal([true, false], shown.Select(member => member.IsUnchanged));
        Assert.All(shown, member => Assert.NotNull(member.Json));
    }

    [Theory]
    [InlineData("c0000012", "c0000012")]
    [InlineData("NAME 19", "c0000019")]
    [InlineData("c21@", "c0000021")]
    [InlineData("nobody", "")]
    public async Task Members_are_found_by_key_or_by_a_part_of_a_value(string text, string keys)
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(30));

        Assert.Equal(keys, string.Join(' ', (await PreviewAsync(bench, text)).Select(member => member.Key)));
    }

    [Fact]
    public async Task The_member_with_the_key_comes_first_among_more_than_ten_matches()
    {
        await using var bench = await Workbench.CreateAsync([.. Customer.Many(30), new("shop", "last@shop.example", "Last")]);

        var shown = await PreviewAsync(bench, "shop");

        Assert.Equal(("shop", 10), (shown[0].Key, shown.Count));
    }

    private static async Task<IReadOnlyList<PreviewedMember>> PreviewAsync(
        Workbench bench,
        string? text = null,
        Func<ExportDraft, ExportDraft>? change = null
    )
    {
        var draft = (await bench.Product.Get<ExportService>().GetAsync(Product.Administrator, bench.ExportId, Cancel)).Draft;
        return await bench
            .Product.Get<MemberPreview>()
            .ReadAsync(Product.Administrator, change is null ? draft : change(draft), text, Cancel);
    }
}
