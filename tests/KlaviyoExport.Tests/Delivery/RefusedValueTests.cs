using KlaviyoExport.Delivery;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using Microsoft.EntityFrameworkCore;
using static KlaviyoExport.Tests.Delivery.FieldBench;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>What a run does when Klaviyo refuses a value of a profile.</summary>
public sealed class RefusedValueTests
{
    private const string Phone = "+381641234567";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)] // The job fails and does not name the identifier.
    [InlineData(true)] // The request is refused and names it.
    public async Task A_profile_whose_phone_or_id_belongs_to_another_in_Klaviyo_is_sent_without_it(bool atOnce)
    {
        await using var bench = await PeopleAsync(refusesAtOnce: atOnce);
        await bench.RunAsync(["1", "ana@x.example", Phone, "A"], ["2", "ben@x.example", null, "B"]);

        string?[][] next =
        [
            ["3", "cve@x.example", Phone, "C"],
            ["4", "dan@x.example", null, "B"],
            ["5", "eva@x.example", "+381641112222", "E"],
        ];
        var run = await bench.RunAsync(next);

        Assert.Equal((RunState.Successful, 3, 3, 0), (run.State, run.Ledger.Prepared, run.Ledger.Accepted, run.Ledger.Refused));
        Assert.Equal((null, "C"), (bench.Member("cve@x.example").PhoneNumber, bench.Member("cve@x.example").ExternalId));
        Assert.Null(bench.Member("dan@x.example").ExternalId);
        Assert.Equal("+381641112222", bench.Member("eva@x.example").PhoneNumber);
        Assert.Equal(
            [("external_id", FieldEffect.TakenInKlaviyo, 1, "4"), ("phone_number", FieldEffect.TakenInKlaviyo, 1, "3")],
            await bench.EffectsAsync(run.Id)
        );
        Assert.Empty(await bench.RejectionsAsync(run.Id));

        // What was prepared is remembered, so nobody is sent again because Klaviyo left something out.
        var again = await bench.RunAsync(next);
        Assert.Equal((3, 0), (again.Ledger.Unchanged, again.Ledger.Prepared));
    }

    [Fact]
    public async Task A_rule_that_rejects_refuses_the_profile_as_Klaviyo_did()
    {
        await using var bench = await PeopleAsync(WhenInvalid.Reject);
        await bench.RunAsync(["1", "ana@x.example", Phone, "A"]);

        var run = await bench.RunAsync(["3", "cve@x.example", Phone, "C"], ["4", "dan@x.example", null, "D"]);

        Assert.Equal((RunState.CompletedWithWarnings, 1, 1), (run.State, run.Ledger.Accepted, run.Ledger.Refused));
        Assert.Equal("duplicate_profile", Assert.Single(await bench.RejectionsAsync(run.Id)).Code);
        Assert.False(bench.IsOnList("cve@x.example"));
    }

    [Theory]
    [InlineData("location/zip", true)]
    [InlineData("properties/Loyalty~1tier", true)]
    [InlineData("first_name", false)] // Not a part of the profile.
    [InlineData("email", false)]
    [InlineData("", false)]
    public async Task A_value_that_a_refusal_names_is_left_out(string part, bool isDelivered)
    {
        await using var bench = await CreateAsync(
            [Text("zip"), Text("tier")],
            [new("zip", "location.zip"), new("tier", "properties.Loyalty/tier")]
        );
        bench.Product.Sandbox.Faults.Add(
            new Fault(FaultKind.WrongPointers)
            {
                Call = "bulk_import_profiles",
                PointsAt = $"/data/attributes/profiles/data/1/attributes/{part}".TrimEnd('/'),
                Times = 1,
            }
        );

        var run = await bench.RunAsync(["1", "ana@x.example", "11000", "Gold"], ["2", "ben@x.example", "11001", "Silver"]);

        Assert.Equal((2, isDelivered ? 2 : 1), (run.Ledger.Prepared, run.Ledger.Accepted));
        Assert.Equal(isDelivered, bench.IsOnList("ben@x.example"));
        Assert.Equal("\"Gold\"", bench.Property("ana@x.example", "Loyalty/tier"));
        var path = part.Replace('/', '.').Replace("~1", "/", StringComparison.Ordinal);
        Assert.Equal(isDelivered ? [(path, FieldEffect.Refused, 1L, "2")] : [], await bench.EffectsAsync(run.Id));
    }

    [Fact]
    public async Task A_run_that_is_interrupted_between_the_rounds_counts_every_profile_once()
    {
        await using var bench = await PeopleAsync();
        await bench.RunAsync([.. Many("old", 40)]);
        string?[][] next = [.. Many("new", 40), ["x", "bad@async-fail.example", null, "X"]];
        await bench.PutAsync(next);
        var id = await bench.Product.QueueAsync(bench.ExportId);
        // The first batch is taken, the further one is not: each attempt ends there until Klaviyo is back.
        bench.Product.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Call = "bulk_import_profiles",
                After = 1,
                Times = 6,
                Status = 503,
            }
        );

        var execution = bench.Product.Get<RunExecution>();
        await execution.RunAsync(id, Cancel);
        Assert.Equal(RunState.FailedRetrying, (await bench.Product.FindRunAsync(id)).State);
        await using (var db = await bench.Product.OpenAsync())
        {
            var batches = await db.Set<Batch>().Where(batch => batch.RunId == id).OrderBy(batch => batch.Number).ToListAsync(Cancel);
            Assert.Equal([(1, 1, 40), (40, 0, 0)], batches.Select(batch => (batch.Prepared, batch.Refused, batch.Resent)));
        }
        for (var attempt = 0; attempt < 3 && (await bench.Product.FindRunAsync(id)).State == RunState.FailedRetrying; attempt++)
            await execution.RunAsync(id, Cancel);

        var run = await bench.Product.FindRunAsync(id);
        Assert.True(run.Ledger.AddsUp);
        Assert.Equal(
            (RunState.CompletedWithWarnings, 41, 40, 1),
            (run.State, run.Ledger.Prepared, run.Ledger.Accepted, run.Ledger.Refused)
        );
        Assert.Equal((FieldEffect.TakenInKlaviyo, 40), (await bench.EffectsAsync(id)).ConvertAll(one => (one.Effect, (int)one.Count))[0]);

        var again = await bench.RunAsync(next);
        Assert.Equal((40, 1), (again.Ledger.Unchanged, again.Ledger.Prepared));
    }

    [Fact]
    public async Task A_run_that_is_canceled_between_the_rounds_counts_the_waiting_profiles_as_unsent()
    {
        await using var bench = await PeopleAsync();
        await bench.RunAsync([.. Many("old", 5)]);
        await bench.PutAsync([.. Many("new", 5)]);
        var id = await bench.Product.QueueAsync(bench.ExportId);
        bench.Product.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Call = "bulk_import_profiles",
                After = 1,
                Status = 429,
                RetryAfter = 3_600,
            }
        );
        await bench.Product.Get<RunExecution>().RunAsync(id, Cancel);

        await bench.Product.Get<KlaviyoExport.Dispatch.RunService>().CancelAsync(Product.Administrator, id, Cancel);

        var run = await bench.Product.FindRunAsync(id);
        Assert.True(run.Ledger.AddsUp);
        Assert.Equal((RunState.Canceled, 5, 0), (run.State, run.Ledger.Unsent, run.Ledger.Accepted));
    }

    private static Task<FieldBench> PeopleAsync(WhenInvalid whenInvalid = WhenInvalid.LeaveOut, bool refusesAtOnce = false) =>
        CreateAsync(
            [Text("phone"), Text("number")],
            [new("phone", "phone_number") { WhenInvalid = whenInvalid }, new("number", "external_id") { WhenInvalid = whenInvalid }],
            SyncMode.Incremental,
            refusesAtOnce: refusesAtOnce
        );

    /// <summary>People with the same phone numbers, whatever their names.</summary>
    private static IEnumerable<string?[]> Many(string name, int count) =>
        Enumerable
            .Range(10, count)
            .Select(number => (string?[])[$"{name}{number}", $"{name}{number}@x.example", $"+3816412345{number}", null]);
}
