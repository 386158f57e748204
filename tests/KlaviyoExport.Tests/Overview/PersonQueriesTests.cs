using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Overview.Lookup;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Segments;
using KlaviyoExport.Tests.Delivery;
using KlaviyoExport.Tests.Lists;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Overview;

public sealed class PersonQueriesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("c1@shop.example")]
    [InlineData("  C1@SHOP.example ")]
    [InlineData("c0000001")]
    public async Task A_delivered_person_is_found_by_any_spelling_of_the_address_and_by_key(string text)
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        var run = await bench.RunAsync();

        var found = await FindAsync(bench, text);

        Assert.Equal(("c1@shop.example", "c0000001"), (found.Address, Assert.Single(found.Profiles).Key));
        Assert.True(Assert.Single(found.Profiles[0].Segments).IsMember);
        Assert.Equal(run.Id, Assert.Single(found.Runs).RunId);
        Assert.Equal(RunTraceKind.Delivered, Assert.Single(found.Runs[0].Traces).Kind);
        Assert.Equal((MembershipState.Held, true), (found.Membership.State, found.Membership.IsOurs));
        Assert.Equal("Newsletter", Assert.Single(found.Membership.HeldBy));
        Assert.True(found.Klaviyo.IsOnList);
        Assert.NotNull(found.Klaviyo.Joined);
        Assert.Equal(EmailConsentState.NeverSubscribed, found.Klaviyo.Consent?.State);
        Assert.Equal(PersonFinding.OnListWithoutConsent, found.Conclusion.Finding);
    }

    [Fact]
    public async Task The_condition_that_is_not_met_is_named_with_the_value_of_the_person()
    {
        await using var bench = await Workbench.CreateAsync([new("a", "ana@shop.example", "Reus"), new("b", "bo@shop.example", "Girona")]);
        await DefineAsync(bench, All(new Condition("id", Operator.IsNotEmpty, []), new Condition("name", Operator.Equal, ["girona"])));

        var found = await FindAsync(bench, "ana@shop.example");

        Assert.Equal(PersonFinding.NotInSegments, found.Conclusion.Finding);
        var deciding = Assert.Single(Assert.Single(found.Profiles[0].Segments).Deciding);
        Assert.Equal(("name", "Reus", false), (deciding.Condition!.Field, deciding.Value, deciding.IsOneOfSeveral));
        Assert.Equal(deciding, found.Conclusion.Condition);
        var member = Assert.Single((await FindAsync(bench, "bo@shop.example")).Profiles[0].Segments);
        Assert.True(member.IsMember);
        Assert.Equal(["id", "name"], member.Deciding.Select(one => one.Condition!.Field));
    }

    [Fact]
    public async Task Of_a_group_of_which_one_part_is_enough_the_part_that_is_met_or_all_parts_decide()
    {
        await using var bench = await Workbench.CreateAsync([new("a", "ana@shop.example", "Reus")]);
        await DefineAsync(
            bench,
            new ConditionGroup(
                GroupKind.Any,
                [
                    new Condition("name", Operator.Equal, ["Girona"]),
                    All(new Condition("name", Operator.StartsWith, ["re"]), new Condition("id", Operator.Equal, ["z"])),
                ]
            )
        );

        var apart = Assert.Single((await FindAsync(bench, "a")).Profiles[0].Segments);
        Assert.False(apart.IsMember);
        Assert.Equal([("name", true), ("id", true)], apart.Deciding.Select(one => (one.Condition!.Field, one.IsOneOfSeveral)));

        await DefineAsync(
            bench,
            new ConditionGroup(
                GroupKind.Any,
                [new Condition("name", Operator.Equal, ["Girona"]), new Condition("name", Operator.StartsWith, ["re"])]
            )
        );
        var member = Assert.Single((await FindAsync(bench, "a")).Profiles[0].Segments);
        Assert.True(member.IsMember);
        Assert.Equal(Operator.StartsWith, Assert.Single(member.Deciding).Condition!.Operator);
    }

    [Fact]
    public async Task A_member_who_is_left_out_is_told_which_segment_excludes_the_person()
    {
        await using var bench = await Workbench.CreateAsync([new("a", "ana@shop.example", "Reus"), new("b", "bo@shop.example", "Girona")]);
        await using (var db = await bench.Product.OpenAsync())
        {
            var export = await db.Set<Export>().Include(export => export.ExcludedSegments).SingleAsync(Cancel);
            export.ExcludedSegments.Add(
                new Segment
                {
                    Name = "Do not mail",
                    SourceId = export.SourceId,
                    CreatedBy = "x",
                    Definition = new ConditionSegment(All(new Condition("name", Operator.Equal, ["Reus"]))),
                }
            );
            await db.SaveChangesAsync(Cancel);
        }

        var found = await FindAsync(bench, "ana@shop.example");

        Assert.Equal((PersonFinding.Excluded, "Do not mail"), (found.Conclusion.Finding, found.Conclusion.Segment?.Name));
        Assert.Equal("name", Assert.Single(Assert.Single(found.Profiles[0].Excluding).Deciding).Condition?.Field);
        Assert.NotEqual(PersonFinding.Excluded, (await FindAsync(bench, "bo@shop.example")).Conclusion.Finding);
    }

    [Fact]
    public async Task A_membership_table_decides_by_the_key()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(2));
        await ExecuteAsync(bench, "CREATE TABLE chosen (id TEXT); INSERT INTO chosen VALUES ('c0000001')");
        await DefineAsync(bench, new MembershipSegment("chosen", ["id"]));

        var chosen = Assert.Single((await FindAsync(bench, "c1@shop.example")).Profiles[0].Segments);
        var other = Assert.Single((await FindAsync(bench, "c0@shop.example")).Profiles[0].Segments);

        Assert.Equal((true, "chosen"), (chosen.IsMember, chosen.Membership?.Table));
        Assert.False(other.IsMember);
    }

    [Fact]
    public async Task Of_profiles_with_the_same_address_the_one_that_is_sent_is_named()
    {
        await using var bench = await Workbench.CreateAsync([
            new("a", "ana@shop.example", "Ana"),
            new("b", " ANA@shop.example", "Ana B"),
            new("c", "anna@shop.example", "Anna"),
        ]);
        await bench.RunAsync();

        var found = await FindAsync(bench, "b");

        Assert.Equal([("a", null), ("b", "a")], found.Profiles.Select(profile => (profile.Key, profile.SentInstead)));
        Assert.Contains(found.Runs[0].Traces, trace => trace is { Rejection: RejectionReason.DuplicateEmail, ProfileKey: "b" });
        Assert.Equal("a", found.Profile?.Key);
    }

    [Theory]
    [InlineData(null, PersonFinding.EmailEmpty, RejectionReason.WithoutEmail)]
    [InlineData("ana at shop", PersonFinding.EmailInvalid, RejectionReason.InvalidEmail)]
    public async Task An_empty_or_invalid_address_is_the_reason(string? email, PersonFinding finding, RejectionReason reason)
    {
        await using var bench = await Workbench.CreateAsync([new("a", email, "Ana"), new("b", "bo@shop.example", "Bo")]);
        await bench.RunAsync();

        var found = await FindAsync(bench, "a");

        Assert.Equal((finding, null), (found.Conclusion.Finding, found.Address));
        Assert.Equal(reason, Assert.Single(found.Runs[0].Traces).Rejection);
        Assert.False(found.Klaviyo.IsAsked);
        if (email is not null)
            Assert.Equal("a", Assert.Single((await FindAsync(bench, "ANA at shop")).Profiles).Key);
    }

    [Fact]
    public async Task A_profile_that_Klaviyo_refused_is_told_with_the_run_and_the_reason()
    {
        await using var bench = await Workbench.CreateAsync([new("a", "ana@async-fail.example", "Ana"), new("b", "bo@shop.example", "Bo")]);
        var run = await bench.RunAsync();

        var found = await FindAsync(bench, "ana@async-fail.example");

        Assert.Equal((PersonFinding.Rejected, run.Id), (found.Conclusion.Finding, found.Conclusion.Run?.RunId));
        Assert.Equal(RejectionReason.Refused, found.Conclusion.Trace?.Rejection);
        Assert.NotNull(found.Conclusion.Trace?.Detail);
        Assert.False(found.Klaviyo.IsOnList);
    }

    [Fact]
    public async Task Somebody_who_was_on_the_list_before_us_is_not_ours_and_stays()
    {
        await using var bench = await Workbench.CreateAsync(
            [new("a", "never@practice.example", "Nikola"), new("b", "bo@shop.example", "Bo")],
            SyncMode.Mirror
        );
        await bench.RunAsync();
        await SetWindowsAsync(bench, DateTimeOffset.UnixEpoch);
        await bench.ReplaceCustomersAsync([new("b", "bo@shop.example", "Bo")]);

        var found = await FindAsync(bench, "never@practice.example");

        Assert.Empty(found.Profiles);
        Assert.Equal((true, false), (found.Klaviyo.IsOnList, found.Membership.IsOurs));
        Assert.Equal(PersonFinding.StaysForOther, (await WithOtherHolderAsync(bench)).Conclusion.Finding);
        Assert.Equal(PersonFinding.StaysBeforeUs, found.Conclusion.Finding);
    }

    [Fact]
    public async Task Somebody_who_left_the_segments_of_a_mirror_export_leaves_with_the_next_run()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(2), SyncMode.Mirror);
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync(Customer.Many(1));

        Assert.Equal(PersonFinding.LeavesNext, (await FindAsync(bench, "c1@shop.example")).Conclusion.Finding);

        await bench.RunAsync();
        var gone = await FindAsync(bench, "c1@shop.example");
        Assert.Equal((PersonFinding.NotInSource, false), (gone.Conclusion.Finding, gone.Klaviyo.IsOnList));
        Assert.Equal([RunTraceKind.Removed], gone.Runs[0].Traces.Select(trace => trace.Kind));
    }

    [Theory]
    [InlineData(WhenRemovedByHand.Respect, PersonFinding.TakenOff)]
    [InlineData(WhenRemovedByHand.PutBack, PersonFinding.TakenOffPutBack)]
    public async Task Somebody_whom_somebody_took_off_in_Klaviyo_is_told_with_what_the_export_does(
        WhenRemovedByHand rule,
        PersonFinding finding
    )
    {
        var clock = new ShiftedClock();
        await using var bench = await Workbench.CreateAsync(Customer.Many(2), sandboxClock: clock);
        await bench.RunAsync();
        clock.Shift += TimeSpan.FromMinutes(1);
        await TakeOffAsync(bench, "c1@shop.example");
        await using (var db = await bench.Product.OpenAsync())
        {
            (await db.Set<Export>().SingleAsync(Cancel)).ListRules = new ListRules { WhenRemovedByHand = rule };
            await db.SaveChangesAsync(Cancel);
        }
        if (rule == WhenRemovedByHand.Respect)
            await bench.RunAsync();

        var found = await FindAsync(bench, "c1@shop.example");

        Assert.Equal((finding, MembershipState.RemovedByHand), (found.Conclusion.Finding, found.Membership.State));
        if (rule == WhenRemovedByHand.Respect)
            Assert.Equal(RejectionReason.RemovedByHand, Assert.Single(found.Runs[0].Traces).Rejection);
    }

    [Fact]
    public async Task Somebody_who_is_gone_from_the_list_after_a_delivery_is_told_so()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(2));
        await bench.RunAsync();
        await RemoveAsync(bench, "c1@shop.example");

        Assert.Equal(PersonFinding.DeliveredAndGone, (await FindAsync(bench, "c1@shop.example")).Conclusion.Finding);
    }

    [Fact]
    public async Task A_suppressed_address_is_told_with_the_reason()
    {
        await using var bench = await Workbench.CreateAsync([new("a", "spam@practice.example", "Spasoje")]);
        await bench.RunAsync();

        var found = await FindAsync(bench, "spam@practice.example");

        Assert.Equal(PersonFinding.OnListSuppressed, found.Conclusion.Finding);
        Assert.Equal(EmailConsentState.Unsubscribed, found.Klaviyo.Consent?.State);
        var suppression = Assert.Single(found.Klaviyo.Consent!.Suppressions);
        Assert.Equal("SPAM_COMPLAINT", suppression.Reason);
        Assert.NotNull(suppression.Since);
    }

    [Fact]
    public async Task Somebody_whom_the_audience_leaves_out_is_told_with_the_reason()
    {
        await using var bench = await Workbench.CreateAsync([new("a", "never@practice.example", "A"), new("b", "new@shop.example", "B")]);
        await ChooseAsync(bench, new() { OnlySubscribed = true });
        await bench.RunAsync();

        var stranger = await FindAsync(bench, "new@shop.example");

        Assert.Equal(
            (PersonFinding.OutsideAudience, RejectionReason.NotInKlaviyo),
            (stranger.Conclusion.Finding, stranger.Conclusion.Reason)
        );
    }

    [Fact]
    public async Task Somebody_whom_the_audience_of_a_mirror_export_leaves_out_now_leaves_with_the_next_run()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(2), SyncMode.Mirror);
        await bench.RunAsync();
        await ChooseAsync(bench, new() { OnlySubscribed = true });

        var found = await FindAsync(bench, "c1@shop.example");

        Assert.Equal(
            (PersonFinding.OutsideAudienceLeavesNext, RejectionReason.NotSubscribed),
            (found.Conclusion.Finding, found.Conclusion.Reason)
        );
    }

    [Fact]
    public async Task A_member_who_was_never_delivered_is_unknown_to_Klaviyo()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(1));

        var found = await FindAsync(bench, "c0@shop.example");

        Assert.Equal(PersonFinding.NotDelivered, found.Conclusion.Finding);
        Assert.Equal((true, false, null), (found.Klaviyo.IsAsked, found.Klaviyo.IsOnList, found.Klaviyo.Consent));
        Assert.Null(found.Membership.State);
    }

    [Fact]
    public async Task When_Klaviyo_does_not_answer_everything_else_is_told()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(1));
        await bench.RunAsync();
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 503 });

        var found = await FindAsync(bench, "c0@shop.example");

        Assert.Equal(PersonFinding.KlaviyoUnknown, found.Conclusion.Finding);
        Assert.NotNull(found.Klaviyo.Fault);
        Assert.Null(found.Klaviyo.IsOnList);
        Assert.Single(found.Profiles);
        Assert.Equal(RunTraceKind.Delivered, Assert.Single(found.Runs[0].Traces).Kind);
    }

    [Fact]
    public async Task When_the_source_cannot_be_read_everything_else_is_told()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(1));
        await bench.RunAsync();
        await ExecuteAsync(bench, "DROP TABLE customers");

        var found = await FindAsync(bench, "c0@shop.example");

        Assert.NotNull(found.SourceFault);
        Assert.Equal((PersonFinding.OnListSourceUnknown, true), (found.Conclusion.Finding, found.Klaviyo.IsOnList));
    }

    [Fact]
    public async Task A_key_that_has_left_the_source_is_known_from_an_earlier_rejection()
    {
        await using var bench = await Workbench.CreateAsync([new("a", "ana@async-fail.example", "Ana"), new("b", "bo@shop.example", "Bo")]);
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync([new("b", "bo@shop.example", "Bo")]);

        var found = await FindAsync(bench, "a");

        Assert.Equal((PersonFinding.NotInSource, "ana@async-fail.example"), (found.Conclusion.Finding, found.Address));
    }

    [Fact]
    public async Task Of_runs_between_the_first_and_the_last_delivery_nothing_is_claimed()
    {
        var clock = new ShiftedClock();
        await using var bench = await Workbench.CreateAsync(Customer.Many(1), sandboxClock: clock);
        for (var i = 0; i < 3; i++)
        {
            await bench.RunAsync();
            clock.Shift += TimeSpan.FromMinutes(1);
        }

        var found = await FindAsync(bench, "c0@shop.example");

        Assert.Equal([null, RunSilence.Between, null], found.Runs.Select(run => run.Silence));
    }

    [Fact]
    public async Task A_run_after_the_last_delivery_left_out_an_unchanged_profile()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(1), SyncMode.Incremental);
        await bench.RunAsync();
        await bench.RunAsync();

        var found = await FindAsync(bench, "c0@shop.example");

        Assert.Equal([RunSilence.Unchanged, null], found.Runs.Select(run => run.Silence));
    }

    [Fact]
    public async Task The_name_of_an_export_whose_addresses_the_reader_may_not_see_is_not_told()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var open = await bench.AddAsync("Open", SyncMode.Full, "a");
        var connection = await bench.Product.AddConnectionAsync("Second key", Sharing.ChosenContributors);
        var closed = await bench.AddAsync("Closed", SyncMode.Full, "b", connection: connection);
        await bench.RunAsync(open);
        await bench.RunAsync(closed);
        var queries = bench.Product.Get<PersonQueries>();

        var seen = await queries.FindAsync(Product.Contributor, "b@shared.example", Cancel);
        var known = await queries.FindAsync(Product.Administrator, "b@shared.example", Cancel);

        Assert.Equal([null], Assert.Single(seen).Membership.HeldBy);
        Assert.Equal(PersonFinding.StaysForOther, Assert.Single(seen).Conclusion.Finding);
        Assert.All(known, export => Assert.Equal(["Closed"], export.Membership.HeldBy));
    }

    [Theory]
    [InlineData(Role.Viewer, false)]
    [InlineData(Role.Operator, false)]
    [InlineData(Role.Contributor, true)]
    [InlineData(Role.Administrator, true)]
    public async Task Only_people_who_may_see_addresses_may_look(Role role, bool may)
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(1));
        var actor = await bench.Product.AddPersonAsync("petra", role);

        if (may)
            Assert.Single(await bench.Product.Get<PersonQueries>().FindAsync(actor, "c0000000", Cancel));
        else
            await Assert.ThrowsAsync<NotAllowedException>(() => bench.Product.Get<PersonQueries>().FindAsync(actor, "c0000000", Cancel));
    }

    [Fact]
    public async Task A_contributor_sees_exports_on_shared_connections_only()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(1));
        await using (var db = await bench.Product.OpenAsync())
            await db.Set<Connection>()
                .ExecuteUpdateAsync(set => set.SetProperty(connection => connection.Sharing, Sharing.Administrators), Cancel);

        Assert.Empty(await bench.Product.Get<PersonQueries>().FindAsync(Product.Contributor, "c0000000", Cancel));
        Assert.Single(await bench.Product.Get<PersonQueries>().FindAsync(Product.Administrator, "c0000000", Cancel));
    }

    private static async Task<PersonAtExport> FindAsync(Workbench bench, string text) =>
        (await bench.Product.Get<PersonQueries>().FindAsync(Product.Administrator, text, Cancel)).Single(found =>
            found.ExportId == bench.ExportId
        );

    private static ConditionGroup All(params IReadOnlyList<ConditionNode> parts) => new(GroupKind.All, parts);

    private static Task DefineAsync(Workbench bench, ConditionGroup root) => DefineAsync(bench, new ConditionSegment(root));

    private static async Task DefineAsync(Workbench bench, SegmentDefinition definition)
    {
        await using var db = await bench.Product.OpenAsync();
        (await db.Set<Segment>().SingleAsync(Cancel)).Definition = definition;
        await db.SaveChangesAsync(Cancel);
    }

    private static async Task ExecuteAsync(Workbench bench, string sql)
    {
        await using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(bench.Product.Directory, "Customers.db")};Pooling=False"
        );
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static async Task SetWindowsAsync(Workbench bench, DateTimeOffset at)
    {
        await using var db = await bench.Product.OpenAsync();
        await db.Set<Membership>()
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(row => row.FirstFrom, at)
                        .SetProperty(row => row.FirstUntil, at)
                        .SetProperty(row => row.LastFrom, at)
                        .SetProperty(row => row.LastUntil, at),
                Cancel
            );
    }

    private static async Task<PersonAtExport> WithOtherHolderAsync(Workbench bench)
    {
        await using var db = await bench.Product.OpenAsync();
        var export = await db.Set<Export>().AsNoTracking().SingleAsync(Cancel);
        var source = await db.Set<KlaviyoExport.Sources.Source>().AsNoTracking().SingleAsync(Cancel);
        var segment = await db.Set<Segment>().AsNoTracking().SingleAsync(Cancel);
        var connection = await db.Set<Connection>().AsNoTracking().SingleAsync(Cancel);
        var other = await bench.Product.AddExportAsync("Other", connection, (source, segment), export.ListId);
        foreach (var row in await db.Set<Membership>().AsNoTracking().ToListAsync(Cancel))
            db.Add(
                new Membership
                {
                    ExportId = other,
                    EmailHash = row.EmailHash,
                    Fingerprint = row.Fingerprint,
                    FirstFrom = row.FirstFrom,
                    FirstUntil = row.FirstUntil,
                }
            );
        await db.SaveChangesAsync(Cancel);
        return await FindAsync(bench, "never@practice.example");
    }

    private static async Task TakeOffAsync(Workbench bench, string email)
    {
        await RemoveAsync(bench, email);
        var hash = (await bench.Product.Get<EmailHashes>().LoadAsync(Cancel)).Hash(email).ToArray();
        await using var db = await bench.Product.OpenAsync();
        await db.Set<Membership>()
            .Where(row => row.EmailHash == hash)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, MembershipState.RemovedByHand), Cancel);
    }

    private static async Task RemoveAsync(Workbench bench, string email)
    {
        var key = KlaviyoCredential.FromPrivateKey(PracticeStore.FullKey, PracticeStore.Id);
        var client = bench.Product.Get<KlaviyoClient>();
        var member = (await client.FindListMembersAsync(key, PracticeStore.Newsletter, [email], Cancel)).ValueOrThrow()[0];
        (await client.RemoveFromListAsync(key, PracticeStore.Newsletter, [member.ProfileId], Cancel)).ValueOrThrow();
    }

    private static async Task ChooseAsync(Workbench bench, Audience audience)
    {
        await using var db = await bench.Product.OpenAsync();
        (await db.Set<Export>().SingleAsync(export => export.Id == bench.ExportId, Cancel)).Audience = audience;
        await db.SaveChangesAsync(Cancel);
    }
}
