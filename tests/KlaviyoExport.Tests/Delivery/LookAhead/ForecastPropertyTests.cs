using KlaviyoExport.Delivery.LookAhead;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Profiles;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery.LookAhead;

/// <summary>
/// The forecast equals what the run then does, over random customers, audiences, modes and profiles in Klaviyo. The seed is in the name of
/// the test.
/// </summary>
public sealed class ForecastPropertyTests
{
    private static readonly SandboxConsent[] Consents = Enum.GetValues<SandboxConsent>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public async Task The_exact_forecast_equals_the_run_that_follows(int seed)
    {
        var random = new Random(seed);
        var mode = (SyncMode)random.Next(3);
        var people = Customers(random, random.Next(80, 400));
        await using var bench = await Workbench.CreateAsync(people, mode, new() { ["Delivery:Approval:AtLeast"] = "1000000" });
        await MapAsync(bench, random);
        await SeedKlaviyoAsync(bench, random, people);
        await bench.RunAsync();
        await ShareAsync(bench, random, people);
        await TakeOffAsync(bench, random);
        people = Changed(random, people);
        await bench.ReplaceCustomersAsync(people);
        await SeedKlaviyoAsync(bench, random, people);
        await ChooseAsync(bench, random);
        var before = Profiles(bench.Sandbox);

        var forecast = await ForecastAsync(bench, ForecastDepth.Everybody);
        var sampled = await ForecastAsync(bench, ForecastDepth.Sample);
        var unchanged = Profiles(bench.Sandbox);
        var run = await bench.RunAsync();

        Assert.Equal(before, unchanged);
        Assert.Equal(run.State == RunState.FailedPermanent, forecast.Obstacle is not null);
        Assert.False(forecast.IsEstimated);
        Assert.True(forecast.People.IsExact);
        Assert.True(forecast.Ledger.ReadingAddsUp);
        if (forecast.Obstacle is not null)
        {
            Assert.Equal(forecast.Obstacle.Code, run.Outcome!.Code);
            return;
        }
        Assert.Equal(Prepared(run.Ledger), Prepared(forecast.Ledger));
        // A sample of everybody is a count.
        Assert.Equal((Prepared(run.Ledger), forecast.NewProfiles), (Prepared(sampled.Ledger), sampled.NewProfiles));
        // A rule that rejects refuses whose phone Klaviyo has with another profile, which no forecast can know.
        var created = Profiles(bench.Sandbox) - before;
        Assert.InRange(forecast.NewProfiles.Count, created, created + run.Ledger.Refused);
        Assert.Equal(run.Ledger.Prepared, run.Ledger.Accepted + run.Ledger.Refused);
        await using var db = await bench.Product.OpenAsync();
        if (!(await db.Set<Export>().SingleAsync(export => export.Id == bench.ExportId, Cancel)).Fields[1].RejectsInvalid)
            Assert.Equal(0, run.Ledger.Refused);
        Assert.Equal(await db.Set<Batch>().CountAsync(batch => batch.RunId == run.Id && batch.Round == 0, Cancel), forecast.Calls.Imports);
        var known = forecast.People;
        Assert.Equal(
            known.All,
            known.NotInKlaviyo.Count
                + known.Subscribed.Count
                + known.NeverSubscribed.Count
                + known.Unsubscribed.Count
                + known.Suppressed.Count
        );
    }

    [Fact]
    public async Task A_sampled_forecast_is_within_its_margin_of_the_exact_one()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(4_000));
        bench.Sandbox.State.AddProfiles(
            Enumerable
                .Range(0, 2_400)
                .Select(n => new ProfileSeed($"c{n}@shop.example", "A", "B", Consents[n % 3 == 0 ? 1 : n % Consents.Length]))
        );
        foreach (
            var audience in new[]
            {
                Audience.Everyone,
                new Audience { UpdateOnly = true, LeaveOutSuppressed = true },
            }
        )
        {
            await SetAsync(bench, audience);

            var exact = await ForecastAsync(bench, ForecastDepth.Everybody);
            var sampled = await ForecastAsync(bench, ForecastDepth.Sample);

            Assert.Equal((1_000, 4_000, false), (sampled.People.Asked, sampled.People.All, sampled.People.IsExact));
            Assert.Equal(audience.IsLimited, sampled.IsEstimated);
            Within(exact.NewProfiles, sampled.NewProfiles);
            Within(exact.People.InKlaviyo, sampled.People.InKlaviyo);
            Within(exact.People.NotInKlaviyo, sampled.People.NotInKlaviyo);
            Within(exact.People.Subscribed, sampled.People.Subscribed);
            Within(exact.People.NeverSubscribed, sampled.People.NeverSubscribed);
            Within(exact.People.Unsubscribed, sampled.People.Unsubscribed);
            Within(exact.People.Suppressed, sampled.People.Suppressed);
            Assert.True(sampled.Ledger.ReadingAddsUp);
            Assert.InRange(sampled.Ledger.Prepared, exact.Ledger.Prepared - 150, exact.Ledger.Prepared + 150);
            Assert.InRange(sampled.People.InKlaviyo.Margin, 1, 150);
        }
    }

    [Fact]
    public async Task The_same_members_give_the_same_sample()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(1_500));
        bench.Sandbox.State.AddProfiles(
            Enumerable.Range(0, 700).Select(n => new ProfileSeed($"c{n}@shop.example", "A", "B", SandboxConsent.Subscribed))
        );

        var first = await ForecastAsync(bench, ForecastDepth.Sample);
        var second = await ForecastAsync(bench, ForecastDepth.Sample);

        Assert.Equal(first.People, second.People);
    }

    [Fact]
    public void An_estimate_from_everybody_is_a_count_and_one_from_nobody_claims_nothing() =>
        Assert.Equal((new Estimate(7, 0), new Estimate(0, 0)), (Estimate.Of(7, 30, 30), Estimate.Of(0, 0, 0)));

    [Fact]
    public void Nobody_found_in_a_sample_does_not_prove_that_there_is_nobody()
    {
        var estimate = Estimate.Of(0, 1_000, 100_000);

        Assert.Equal(0, estimate.Count);
        Assert.InRange(estimate.Margin, 300, 450);
    }

    private static void Within(Estimate exact, Estimate sampled)
    {
        Assert.Equal(0, exact.Margin);
        Assert.InRange(exact.Count, sampled.Count - sampled.Margin, sampled.Count + sampled.Margin);
    }

    private static Task<Forecast> ForecastAsync(Workbench bench, ForecastDepth depth) =>
        bench.Product.Get<ForecastService>().OfExportAsync(Product.Administrator, bench.ExportId, depth, null, Cancel);

    // Everything that a run counts before it sends.
    private static string Prepared(Ledger ledger) =>
        string.Join(
            ' ',
            ledger.Members,
            ledger.WithoutEmail,
            ledger.Invalid,
            ledger.Duplicate,
            ledger.Unchanged,
            ledger.Respected,
            ledger.NotInKlaviyo,
            ledger.NotSubscribed,
            ledger.Suppressed,
            ledger.Prepared,
            ledger.Leaving,
            ledger.KeptForOthers
        );

    private static int Profiles(SandboxServer sandbox) =>
        sandbox.State.Overview().Single(account => account.Id == PracticeStore.Id).Profiles;

    private static List<Customer> Customers(Random random, int count) => [.. Enumerable.Range(0, count).Select(n => One(random, n))];

    private static Customer One(Random random, int n) => new($"c{n:d4}", Email(random, n), Name(random)) { Phone = Phone(random, n) };

    // Some are shared, some invalid, and some belong to people who have left.
    private static string? Phone(Random random, int n) =>
        random.Next(8) switch
        {
            0 => null,
            1 => "call me",
            2 or 3 => $"+38164{1_000_000 + random.Next(n + 1)}",
            _ => $"+38164{1_000_000 + n}",
        };

    private static string? Email(Random random, int n) =>
        random.Next(20) switch
        {
            0 => null,
            1 => " ",
            2 => $"c{n}@",
            3 => $"C{random.Next(n + 1)}@Shop.Example",
            _ => $"c{n}@shop.example",
        };

    private static string Name(Random random) => random.Next(60) == 0 ? new string('x', 100_000) : $"Name {random.Next(3)}";

    private static List<Customer> Changed(Random random, List<Customer> people) =>
        [
            .. people.Where(_ => random.Next(5) != 0).Select(one => random.Next(3) == 0 ? one with { Name = Name(random) } : one),
            .. Enumerable.Range(people.Count, random.Next(120)).Select(n => One(random, n)),
        ];

    /// <summary>Maps the phone, and leaves a segment out.</summary>
    private static async Task MapAsync(Workbench bench, Random random)
    {
        await using var db = await bench.Product.OpenAsync();
        var export = await db.Set<Export>()
            .Include(export => export.Source)
            .Include(export => export.ExcludedSegments)
            .SingleAsync(export => export.Id == bench.ExportId, Cancel);
        export.Source!.Fields = [.. export.Source.Fields, new("phone", FieldType.Text, 1, [])];
        export.Fields =
        [
            .. export.Fields,
            new("phone", "phone_number") { WhenInvalid = random.Next(3) == 0 ? WhenInvalid.Reject : WhenInvalid.LeaveOut },
        ];
        export.ExcludedSegments.Add(
            new Segment
            {
                Name = "Left out",
                SourceId = export.SourceId,
                Definition = new ConditionSegment(
                    new ConditionGroup(
                        GroupKind.All,
                        [new Condition("id", Operator.Contains, [$"{random.Next(10)}"]), new Condition("name", Operator.Equal, ["Name 1"])]
                    )
                ),
                CreatedBy = "test",
            }
        );
        await db.SaveChangesAsync(Cancel);
    }

    private static Task SeedKlaviyoAsync(Workbench bench, Random random, List<Customer> people)
    {
        bench.Sandbox.State.AddProfiles(
            people
                .Where(one => one.Email?.EndsWith("shop.example", StringComparison.Ordinal) == true && random.Next(3) == 0)
                .Select(one => new ProfileSeed(one.Email!, "A", "B", Consents[random.Next(Consents.Length)]))
        );
        return Task.CompletedTask;
    }

    /// <summary>Another export delivers some of the people to the same list, so they do not leave it.</summary>
    private static async Task ShareAsync(Workbench bench, Random random, List<Customer> people)
    {
        await using var db = await bench.Product.OpenAsync();
        var connection = await db.Set<KlaviyoExport.Connections.Connection>().SingleAsync(Cancel);
        var customers = await bench.Product.AddCustomersAsync("Other", people.Where(_ => random.Next(3) == 0));
        await bench.Product.RunAsync(await bench.Product.AddExportAsync("Other", connection, customers));
    }

    private static async Task TakeOffAsync(Workbench bench, Random random)
    {
        await using var db = await bench.Product.OpenAsync();
        var rows = await db.Set<Membership>().Where(row => row.ExportId == bench.ExportId).ToListAsync(Cancel);
        foreach (var row in rows.Where(_ => random.Next(10) == 0))
            row.State = MembershipState.RemovedByHand;
        await db.SaveChangesAsync(Cancel);
    }

    private static Task ChooseAsync(Workbench bench, Random random) =>
        SetAsync(
            bench,
            new()
            {
                UpdateOnly = random.Next(2) == 0,
                OnlySubscribed = random.Next(3) == 0,
                LeaveOutSuppressed = random.Next(2) == 0,
            }
        );

    private static async Task SetAsync(Workbench bench, Audience audience)
    {
        await using var db = await bench.Product.OpenAsync();
        (await db.Set<Export>().SingleAsync(export => export.Id == bench.ExportId, Cancel)).Audience = audience;
        await db.SaveChangesAsync(Cancel);
    }
}
