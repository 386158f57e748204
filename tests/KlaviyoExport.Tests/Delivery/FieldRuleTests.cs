using KlaviyoExport.Delivery;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Overview.Lookup;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;
using static KlaviyoExport.Tests.Delivery.FieldBench;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>What a run does with the values of mapped fields before it sends them.</summary>
public sealed class FieldRuleTests
{
    [Fact]
    public async Task Phone_numbers_as_people_write_them_cost_nobody()
    {
        await using var bench = await CreateAsync(
            [Text("phone"), Text("land")],
            [new("phone", "phone_number") { CountryField = "land", Region = "RS" }]
        );

        var run = await bench.RunAsync(
            ["1", "a@x.example", "064 123 45 67"],
            ["2", "b@x.example", "0038164999888"],
            ["3", "c@x.example", "(555) 010-9999", "United States"],
            ["4", "d@x.example", "+55 (12) 3923-5555", "Србија"],
            ["8", "h@x.example", "0171 1234567", "немачка"],
            ["5", "e@x.example", "93 123 45 67", "Espanya"],
            ["6", "f@x.example", "call the office"],
            ["7", "g@x.example", "+381641234567"]
        );

        Assert.Equal((RunState.Successful, 8, 8), (run.State, run.Ledger.Prepared, run.Ledger.Accepted));
        Assert.Equal(
            ["+381641234567", "+38164999888", "+15550109999", "+551239235555", "+34931234567", null, null, "+491711234567"],
            "abcdefgh".Select(name => bench.Member($"{name}@x.example").PhoneNumber)
        );
        Assert.Equal(
            [
                ("phone_number", FieldEffect.Invalid, 1, "6"),
                ("phone_number", FieldEffect.TakenInRun, 1, "7"),
                ("phone_number", FieldEffect.Repaired, 6, "1 2 3 4 5"),
            ],
            await bench.EffectsAsync(run.Id)
        );
    }

    [Fact]
    public async Task A_national_number_without_a_country_is_invalid()
    {
        await using var bench = await CreateAsync([Text("phone")], [new("phone", "phone_number")]);

        var run = await bench.RunAsync(["1", "a@x.example", "064 123 45 67"], ["2", "b@x.example", "0038164999888"]);

        Assert.Equal(2, run.Ledger.Accepted);
        Assert.Equal((null, "+38164999888"), (bench.Member("a@x.example").PhoneNumber, bench.Member("b@x.example").PhoneNumber));
    }

    [Fact]
    public async Task A_rule_can_reject_profiles_with_an_invalid_or_taken_value()
    {
        await using var bench = await CreateAsync(
            [Text("phone")],
            [new("phone", "phone_number") { Region = "RS", WhenInvalid = WhenInvalid.Reject }]
        );

        var run = await bench.RunAsync(
            ["1", "a@x.example", "12"],
            ["2", "b@x.example", "064 123 45 67"],
            ["3", "c@x.example", "+381 64 1234567"],
            ["4", "d@x.example", ""]
        );

        Assert.Equal((RunState.Successful, 2, 2), (run.State, run.Ledger.Invalid, run.Ledger.Accepted));
        Assert.Equal(
            [("1", RejectionReason.InvalidField, "phone_number"), ("3", RejectionReason.TakenIdentifier, "phone_number")],
            (await bench.RejectionsAsync(run.Id)).Select(row => (row.ProfileKey, row.Reason, row.Detail!))
        );
    }

    [Fact]
    public async Task A_required_field_rejects_profiles_without_a_value_and_a_default_gives_them_one()
    {
        await using var bench = await CreateAsync(
            [Text("tier"), Text("city")],
            [new("tier", "properties.Tier") { IsRequired = true }, new("city", "location.city") { Default = "Niš" }]
        );

        var run = await bench.RunAsync(["1", "a@x.example", " ", "Pula"], ["2", "b@x.example", " Gold ", ""]);

        Assert.Equal((1, 1), (run.Ledger.Invalid, run.Ledger.Accepted));
        var rejected = Assert.Single(await bench.RejectionsAsync(run.Id));
        Assert.Equal(("1", RejectionReason.MissingField, "properties.Tier"), (rejected.ProfileKey, rejected.Reason, rejected.Detail));
        Assert.Equal("\"Gold\"", bench.Property("b@x.example", "Tier"));
        Assert.Contains("Ni", bench.Member("b@x.example").Attributes, StringComparison.Ordinal);
        Assert.Equal([("location.city", FieldEffect.Defaulted, 1L, "2")], await bench.EffectsAsync(run.Id));
    }

    [Fact]
    public async Task The_first_profile_in_the_order_of_reading_keeps_a_shared_identifier_in_every_run()
    {
        await using var bench = await CreateAsync(
            [Text("phone"), Text("number")],
            [new("phone", "phone_number"), new("number", "external_id")],
            SyncMode.Incremental
        );
        string?[][] people =
        [
            ["1", "ana@x.example", "+381 64 1234567", "A"],
            ["2", "ben@x.example", "+381641234567", "A"],
            ["3", "cve@x.example", null, "C"],
        ];

        await bench.RunAsync(people);
        Assert.Equal("+381641234567", bench.Member("ana@x.example").PhoneNumber);
        Assert.Equal((null, null), (bench.Member("ben@x.example").PhoneNumber, bench.Member("ben@x.example").ExternalId));

        var again = await bench.RunAsync(people);
        Assert.Equal((3, 0), (again.Ledger.Unchanged, again.Ledger.Prepared));
        Assert.Empty(await bench.EffectsAsync(again.Id));

        // The second has a phone of its own when the first one leaves. In Klaviyo it still belongs to the first.
        var alone = await bench.RunAsync(people[1..]);
        Assert.Equal((1, 1), (alone.Ledger.Prepared, alone.Ledger.Accepted));
        Assert.Null(bench.Member("ben@x.example").PhoneNumber);
    }

    [Theory]
    [InlineData("America/Los_Angeles", "2026-03-08", "2026-03-08T00:00:00-08:00")]
    [InlineData("America/Los_Angeles", "2026-03-09", "2026-03-09T00:00:00-07:00")]
    [InlineData("Pacific/Auckland", "2026-04-05", "2026-04-05T00:00:00+13:00")]
    [InlineData("Pacific/Auckland", "2026-04-06", "2026-04-06T00:00:00+12:00")]
    [InlineData("Africa/Cairo", "2026-04-24", "2026-04-24T01:00:00+03:00")] // Midnight is skipped.
    [InlineData(null, "22.11.2026.", "2026-11-22")]
    [InlineData("Europe/Belgrade", "2026-11-22 10:30", "2026-11-22T10:30:00+00:00")]
    [InlineData("Europe/Belgrade", "22.11.2026. 23:30:05+0200", "2026-11-22T23:30:05+02:00")]
    [InlineData("Europe/Belgrade", "2026-11-22T10:30:00.25 UTC", "2026-11-22T10:30:00.25+00:00")]
    public async Task A_date_leaves_as_ISO_8601_and_a_day_stays_that_day_in_the_time_zone_of_the_account(
        string? zone,
        string text,
        string sent
    )
    {
        await using var bench = await CreateAsync(
            [new("born", FieldType.Date, 1, []), Text("note")],
            [new("born", "properties.Born"), new("note", "properties.Note") { Type = MappedType.Date }],
            timeZone: zone
        );

        await bench.RunAsync(["1", "a@x.example", text, text], ["2", "b@x.example", "soon", "soon"]);

        Assert.Equal($"\"{sent}\"", bench.Property("a@x.example", "Born"));
        Assert.Equal($"\"{sent}\"", bench.Property("a@x.example", "Note"));
        // As source, a value that is no date is sent as text. A date that is none is left out.
        Assert.Equal(("\"soon\"", null), (bench.Property("b@x.example", "Born"), bench.Property("b@x.example", "Note")));
    }

    [Fact]
    public async Task Numbers_leave_as_numbers_lists_as_arrays_and_yes_or_no_as_Booleans()
    {
        var comma = new FieldFormat(DayOrder.DayFirst, DecimalMark.Comma);
        await using var bench = await CreateAsync(
            [
                new Field("spent", FieldType.Number, 1, []) { Format = comma },
                Text("count"),
                Text("tags"),
                Text("vip"),
                new Field("since", FieldType.Text, 1, []) { Format = comma },
            ],
            [
                new("spent", "properties.Spent"),
                new("count", "properties.Count") { Type = MappedType.Number },
                new("tags", "properties.Tags") { Type = MappedType.List, Separator = "|" },
                new("vip", "properties.Vip") { Type = MappedType.YesNo },
                new("since", "properties.Since") { Type = MappedType.Date },
            ]
        );

        var run = await bench.RunAsync(
            ["1", "a@x.example", "1.234,50", "12", "red | blue||", "yes", "31/12/2025"],
            ["2", "b@x.example", "", "many", "[\"red\",\"blue\"]", "perhaps", ""]
        );

        Assert.Equal(
            ["1234.5", "12", "[\"red\",\"blue\"]", "true", "\"2025-12-31\""],
            new[] { "Spent", "Count", "Tags", "Vip", "Since" }.Select(name => bench.Property("a@x.example", name))
        );
        Assert.Equal("[\"red\",\"blue\"]", bench.Property("b@x.example", "Tags"));
        Assert.Equal(
            [("properties.Count", FieldEffect.Invalid, 1, "2"), ("properties.Vip", FieldEffect.Invalid, 1, "2")],
            await bench.EffectsAsync(run.Id)
        );
    }

    [Fact]
    public async Task Addresses_are_repaired_counted_and_explained()
    {
        await using var bench = await CreateAsync([Text("name")], [new("name", "first_name")]);

        var run = await bench.RunAsync(
            ["1", "Ana Ć <ana@x.example>", "Ana"],
            ["2", "mailto:ana@x.example?subject=x", "Ana again"],
            ["3", "ben\u200b@gmial.com.", "Ben"],
            ["4", "a@x.example; b@x.example", "Two"],
            ["5", "cve@", "None"]
        );

        Assert.True(bench.IsOnList("ana@x.example") && bench.IsOnList("ben@gmial.com"));
        Assert.Equal((2, 1, 2), (run.Ledger.Invalid, run.Ledger.Duplicate, run.Ledger.Accepted));
        Assert.Equal(
            [
                (RejectionReason.DuplicateEmail, null),
                (RejectionReason.InvalidEmail, "SeveralAddresses"),
                (RejectionReason.InvalidEmail, "NoDomain"),
            ],
            (await bench.RejectionsAsync(run.Id)).Select(row => (row.Reason, row.Code))
        );
        Assert.Equal(
            [("email", FieldEffect.Repaired, 2, "1 3"), ("email", FieldEffect.LikelyTypo, 1, "3")],
            await bench.EffectsAsync(run.Id)
        );
    }

    [Fact]
    public async Task A_retry_of_rejected_profiles_leaves_identifiers_to_those_who_have_them_in_an_ordinary_run()
    {
        await using var bench = await CreateAsync([Text("phone")], [new("phone", "phone_number")], SyncMode.Incremental);
        var first = await bench.RunAsync(["1", "ana@x.example", "+381641234567"], ["2", "ben at x", "+381641234567"]);
        await bench.PutAsync(["1", "ana@x.example", "+381641234567"], ["2", "ben@x.example", "+381641234567"]);

        var id = await bench
            .Product.Get<RunService>()
            .RetryRejectedAsync(Product.Operator, first.Id, null, TestContext.Current.CancellationToken);
        await bench.Product.Get<RunExecution>().RunAsync(id, TestContext.Current.CancellationToken);

        Assert.Null(bench.Member("ben@x.example").PhoneNumber);
        Assert.Equal([("phone_number", FieldEffect.TakenInRun, 1L, "2")], await bench.EffectsAsync(id));
        var next = await bench.Product.RunAsync(bench.ExportId);
        Assert.Equal((2, 0), (next.Ledger.Unchanged, next.Ledger.Prepared));
    }

    [Fact]
    public async Task A_retry_leaves_no_identifier_to_people_whom_the_audience_leaves_out()
    {
        await using var bench = await SharedPhoneAsync();
        var first = await bench.RunAsync(["1", "unsubscribed@practice.example", "+381641234567"], ["2", "ben at x", "+381641234567"]);
        await bench.PutAsync(["1", "unsubscribed@practice.example", "+381641234567"], ["2", "ben@x.example", "+381641234567"]);

        await RetryAsync(bench, first.Id);

        Assert.Equal("+381641234567", bench.Member("ben@x.example").PhoneNumber);
        var next = await bench.Product.RunAsync(bench.ExportId);
        Assert.Equal((1, 1, 0), (next.Ledger.Unchanged, next.Ledger.Suppressed, next.Ledger.Prepared));
    }

    [Fact]
    public async Task A_retry_that_asks_Klaviyo_gives_identifiers_in_the_order_of_reading()
    {
        await using var bench = await SharedPhoneAsync();
        var first = await bench.RunAsync(["1", "ben at x", "+381641234567"], ["2", "ana@x.example", "+381641234567"]);
        await bench.PutAsync(["1", "ben@x.example", "+381641234567"], ["2", "ana@x.example", "+381641234567"]);

        var id = await RetryAsync(bench, first.Id);

        // Klaviyo has the phone with another profile, but in an ordinary run it is the first who is sent with it.
        Assert.Equal([("phone_number", FieldEffect.TakenInKlaviyo, 1L, "1")], await bench.EffectsAsync(id));
    }

    private static async Task<FieldBench> SharedPhoneAsync()
    {
        var bench = await CreateAsync([Text("phone")], [new("phone", "phone_number")], SyncMode.Incremental);
        await bench.ChangeAsync(export => export.Audience = new() { LeaveOutSuppressed = true });
        return bench;
    }

    private static async Task<int> RetryAsync(FieldBench bench, int runId)
    {
        var id = await bench
            .Product.Get<RunService>()
            .RetryRejectedAsync(Product.Operator, runId, null, TestContext.Current.CancellationToken);
        await bench.Product.Get<RunExecution>().RunAsync(id, TestContext.Current.CancellationToken);
        return id;
    }

    [Theory]
    [InlineData("ana@x.example")]
    [InlineData("mailto:ana@x.example")]
    public async Task A_person_is_found_by_the_repaired_address(string text)
    {
        await using var bench = await CreateAsync([Text("name")], [new("name", "first_name")]);
        var run = await bench.RunAsync(
            ["1", "an\u00ada＠x.example", "Ana"],
            ["2", "Ana <ana@x.example>", "Ana"],
            ["3", "ben@x.example", "Ben"]
        );

        var found = await bench.Product.Get<PersonQueries>().FindAsync(Product.Administrator, text, TestContext.Current.CancellationToken);

        var export = Assert.Single(found);
        Assert.Equal([("1", null), ("2", "1")], export.Profiles.Select(profile => (profile.Key, profile.SentInstead)));
        Assert.Equal(1, run.Ledger.Duplicate);
    }
}
