using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Jobs;

namespace KlaviyoExport.Tests.Sandbox.Jobs;

public sealed class ImportJobTests
{
    [Fact]
    public async Task A_job_goes_from_queued_through_processing_to_complete()
    {
        await using var session = await SandboxSession.Start(o => (o.JobPace, o.RowsPerStep) = (TimeSpan.FromSeconds(1), 4));
        var job = (await session.Import(Imports.Of(PracticeStore.WinBack, Imports.Emails(10)))).GetProperty("data");
        Assert.Equal("queued", job.Text("status"));
        Assert.Null(job.Text("started_at"));
        var seen = new List<(string?, int)>();
        for (var second = 0; second < 5; second++)
        {
            session.Clock.Advance(TimeSpan.FromSeconds(1));
            var now = (await session.Get($"/api/profile-bulk-import-jobs/{job.GetProperty("id")}")).GetProperty("data");
            Assert.Equal(10, now.GetProperty("attributes").GetProperty("total_count").GetInt32());
            seen.Add((now.Text("status"), now.GetProperty("attributes").GetProperty("completed_count").GetInt32()));
        }
        Assert.Equal([("processing", 0), ("processing", 4), ("processing", 8), ("complete", 10), ("complete", 10)], seen);
        Assert.Equal(Imports.Emails(10), session.State.Members(PracticeStore.WinBack).Select(m => m.Email!));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task A_job_can_be_given_a_duration_whatever_its_size(int rows)
    {
        await using var session = await SandboxSession.Start(o => (o.JobDuration, o.RowsPerStep) = (TimeSpan.FromMinutes(10), 4));
        await session.Import(Imports.Of(PracticeStore.WinBack, Imports.Emails(rows)));
        for (var second = 1; second < 600; second++)
            session.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(JobStatus.Processing, Assert.Single(session.State.Jobs()).Status);
        session.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(JobStatus.Complete, Assert.Single(session.State.Jobs()).Status);
    }

    [Fact]
    public async Task A_job_can_take_no_time_at_all()
    {
        await using var session = await SandboxSession.Start(o => o.JobDuration = TimeSpan.Zero);
        await session.Import(Imports.Of(PracticeStore.WinBack, Imports.Emails(10)));
        for (var step = 0; step < 2; step++)
            session.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(JobStatus.Complete, Assert.Single(session.State.Jobs()).Status);
        Assert.Equal(10, session.State.Members(PracticeStore.WinBack).Count);
    }

    [Fact]
    public async Task Rows_that_fail_only_while_the_job_runs_are_listed_page_by_page()
    {
        await using var session = await SandboxSession.Start();
        var bad = Enumerable.Range(0, 45).Select(i => $"b{i}@async-fail.example").ToList();
        var id = await session.Deliver(PracticeStore.WinBack, [.. Imports.Emails(5), .. bad]);
        var job = (await session.Get($"/api/profile-bulk-import-jobs/{id}")).GetProperty("data").GetProperty("attributes");
        Assert.Equal(
            (50, 5, 45),
            (
                job.GetProperty("total_count").GetInt32(),
                job.GetProperty("completed_count").GetInt32(),
                job.GetProperty("failed_count").GetInt32()
            )
        );
        var (refused, sizes) = (new List<string>(), new List<int>());
        for (var next = $"/api/profile-bulk-import-jobs/{id}/import-errors"; next is not null; )
        {
            var page = await session.Get(next);
            sizes.Add(page.Data().Count());
            refused.AddRange(
                page.Data()
                    .Select(e =>
                        e.GetProperty("attributes")
                            .GetProperty("original_payload")
                            .GetProperty("attributes")
                            .GetProperty("email")
                            .GetString()!
                    )
            );
            next = page.Next();
        }
        Assert.Equal([20, 20, 5], sizes);
        Assert.Equal(bad, refused);
        var first = (await session.Get($"/api/profile-bulk-import-jobs/{id}/import-errors?page[size]=100"))
            .Data()
            .First()
            .GetProperty("attributes");
        Assert.Equal("/data/attributes/profiles/data/5/attributes/email", first.GetProperty("source").GetProperty("pointer").GetString());
    }

    [Fact]
    public async Task Sending_the_same_batch_twice_has_no_further_effect()
    {
        await using var session = await SandboxSession.Start();
        await session.Deliver(PracticeStore.WinBack, Imports.Emails(20));
        var before = session.State.Members(PracticeStore.WinBack);
        await session.Deliver(PracticeStore.WinBack, Imports.Emails(20));
        Assert.Equal(before, session.State.Members(PracticeStore.WinBack));
    }

    [Fact]
    public async Task The_case_of_an_address_does_not_make_another_person()
    {
        await using var session = await SandboxSession.Start();
        await session.Deliver(PracticeStore.WinBack, "Ana@Example.org");
        await session.Deliver(PracticeStore.WinBack, "ANA@example.ORG");
        Assert.Equal(["ana@example.org"], session.State.Members(PracticeStore.WinBack).Select(m => m.Email!));
    }

    [Fact]
    public async Task A_repeated_address_in_an_import_fails_the_second_time()
    {
        await using var session = await SandboxSession.Start(o => o.RowsPerStep = 1);
        var id = await session.Deliver(PracticeStore.WinBack, "ana@example.org", "bo@example.org", "ANA@example.org");
        var error = Assert.Single((await session.Get($"/api/profile-bulk-import-jobs/{id}/import-errors")).Data());
        Assert.Equal("duplicate_profile", error.Text("code"));
        Assert.Equal(2, session.State.Members(PracticeStore.WinBack).Count);
    }

    [Theory]
    [InlineData("""{"type":"profile","attributes":{"_kx":"nobody"}}""")]
    [InlineData("""{"type":"profile","id":"01GDDKASAP8TKDDA2GRZDSVP4H","attributes":{"first_name":"Ana"}}""")]
    public async Task A_profile_without_an_identifier_fails_while_the_job_runs(string profile)
    {
        await using var session = await SandboxSession.Start();
        await session.Import(Imports.Raw(PracticeStore.WinBack, profile));
        session.State.FinishJobs();
        Assert.Equal([1], session.State.Jobs().Select(j => j.Failed));
        Assert.Empty(session.State.Members(PracticeStore.WinBack));
    }

    [Fact]
    public async Task Identifiers_of_two_people_in_one_profile_fail()
    {
        await using var session = await SandboxSession.Start();
        await session.Import(Imports.WithAttributes(null, new { email = "a@example.org" }, new { phone_number = "+381641234567" }));
        session.State.FinishJobs();
        await session.Import(Imports.WithAttributes(null, new { email = "a@example.org", phone_number = "+381641234567" }));
        session.State.FinishJobs();
        Assert.Equal([0, 1], session.State.Jobs().Select(j => j.Failed));
    }

    [Fact]
    public async Task Attributes_that_are_missing_or_null_are_not_changed()
    {
        await using var session = await SandboxSession.Start();
        await session.Import(
            Imports.WithAttributes(
                PracticeStore.WinBack,
                new
                {
                    email = "a@example.org",
                    first_name = "Ана",
                    last_name = "Petrović",
                    location = new { city = "Niš", zip = "18000" },
                    properties = new { tier = "gold", points = 3 },
                }
            )
        );
        session.State.FinishJobs();
        await session.Import(
            Imports.WithAttributes(
                PracticeStore.WinBack,
                new
                {
                    email = "A@example.org",
                    first_name = (string?)null,
                    last_name = "Jović",
                    external_id = "C-1",
                    location = new { city = "Beograd" },
                    properties = new { points = 4 },
                }
            )
        );
        session.State.FinishJobs();
        var member = Assert.Single(session.State.Members(PracticeStore.WinBack));
        Assert.Equal("C-1", member.ExternalId);
        Assert.Equal(
            """{"first_name":"Ана","last_name":"Jović","location":{"city":"Beograd","zip":"18000"},"properties":{"tier":"gold","points":4}}""",
            member.Attributes
        );
    }

    [Fact]
    public async Task Properties_can_be_unset_and_appended_to()
    {
        await using var session = await SandboxSession.Start();
        await session.Import(
            Imports.WithAttributes(
                PracticeStore.WinBack,
                new { email = "a@example.org", properties = new { old = 1, tags = new[] { "x", "y" } } }
            )
        );
        session.State.FinishJobs();
        await session.Import(
            Imports.Raw(
                PracticeStore.WinBack,
                """{"type":"profile","attributes":{"email":"a@example.org"},"meta":{"patch_properties":{"unset":"old","append":{"tags":"z"},"unappend":{"tags":"x"}}}}"""
            )
        );
        session.State.FinishJobs();
        Assert.Equal("""{"properties":{"tags":["y","z"]}}""", Assert.Single(session.State.Members(PracticeStore.WinBack)).Attributes);
    }

    [Fact]
    public async Task A_job_is_forgotten_once_it_has_expired()
    {
        await using var session = await SandboxSession.Start(o => o.JobLifetime = TimeSpan.FromDays(1));
        var id = await session.Deliver(PracticeStore.WinBack, "a@example.org");
        session.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        await session.Get($"/api/profile-bulk-import-jobs/{id}");
        session.Clock.Advance(TimeSpan.FromSeconds(1));
        await session.Get($"/api/profile-bulk-import-jobs/{id}", 404);
        await session.Get($"/api/profile-bulk-import-jobs/{id}/import-errors", 404);
        Assert.Empty((await session.Get("/api/profile-bulk-import-jobs")).Data());
    }

    [Fact]
    public async Task A_job_of_another_account_is_unknown()
    {
        await using var session = await SandboxSession.Start();
        var id = await session.Deliver(PracticeStore.WinBack, "a@example.org");
        session.Key = SecondStore.FullKey;
        await session.Get($"/api/profile-bulk-import-jobs/{id}", 404);
    }

    [Fact]
    public async Task Jobs_are_listed_by_age_and_status_with_their_lists()
    {
        await using var session = await SandboxSession.Start();
        var first = await session.Deliver(PracticeStore.WinBack, "a@example.org");
        session.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = (await session.Import(Imports.Of(PracticeStore.Newsletter, "b@example.org")))
            .GetProperty("data")
            .GetProperty("id")
            .GetString()!;
        Assert.Equal([second, first], (await session.Get("/api/profile-bulk-import-jobs?sort=-created_at")).Ids());
        Assert.Equal([second], (await session.Get("/api/profile-bulk-import-jobs?filter=equals(status,'queued')")).Ids());
        var included = (await session.Get($"/api/profile-bulk-import-jobs/{second}?include=lists&fields[list]=name")).GetProperty(
            "included"
        );
        Assert.Equal("Newsletter", included[0].Text("name"));
    }

    [Theory]
    [InlineData("any(status,[\"queued\",\"processing\"])", "queued processing")]
    [InlineData("any(status,['complete'])", "complete")]
    [InlineData("equals(status,'processing')", "processing")]
    public async Task Jobs_can_be_filtered_by_several_statuses(string filter, string expected)
    {
        await using var session = await SandboxSession.Start(o => (o.JobPace, o.RowsPerStep) = (TimeSpan.FromSeconds(1), 1));
        await session.Deliver(PracticeStore.WinBack, "a@example.org");
        await session.Import(Imports.Of(PracticeStore.WinBack, Imports.Emails(10)));
        session.Clock.Advance(TimeSpan.FromSeconds(1.5));
        await session.Import(Imports.Of(PracticeStore.WinBack, "b@example.org"));
        var jobs = await session.Get($"/api/profile-bulk-import-jobs?sort=-created_at&filter={filter}");
        Assert.Equal(expected.Split(' '), jobs.Data().Select(j => j.Text("status")));
    }

    [Theory]
    [InlineData("equals(status,'cancelled')")]
    [InlineData("any(status,['queued','done'])")]
    [InlineData("less-than(status,'queued')")]
    [InlineData("greater-than(created_at,2026-01-01T00:00:00Z)")]
    public async Task Jobs_cannot_be_filtered_by_anything_else(string filter)
    {
        await using var session = await SandboxSession.Start();
        var refused = await session.Get($"/api/profile-bulk-import-jobs?filter={filter}", 400);
        Assert.Equal("filter", refused.GetProperty("errors")[0].GetProperty("source").GetProperty("parameter").GetString());
    }

    [Fact]
    public async Task A_job_that_is_created_while_the_pages_are_read_moves_no_other_job()
    {
        await using var session = await SandboxSession.Start(o => o.JobPace = TimeSpan.FromHours(1));
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Insert(0, await session.Deliver(PracticeStore.WinBack, $"p{i}@example.org"));
        var first = await session.Get("/api/profile-bulk-import-jobs?sort=-created_at&page[size]=2&fields[profile-bulk-import-job]=status");
        Assert.Equal(ids.Take(2), first.Ids());
        Assert.Equal(["status"], first.Data().First().GetProperty("attributes").EnumerateObject().Select(a => a.Name));
        var newest = await session.Deliver(PracticeStore.WinBack, "new@example.org");
        var second = await session.Get(first.Next()!);
        Assert.Equal(ids.Skip(2).Take(2), second.Ids());
        Assert.Equal([ids[4]], (await session.Get(second.Next()!)).Ids());
        var back = await session.Get(second.GetProperty("links").GetProperty("prev").GetString()!);
        Assert.Equal(ids.Take(2), back.Ids());
        Assert.Equal([newest], (await session.Get(back.GetProperty("links").GetProperty("prev").GetString()!)).Ids());
    }

    [Fact]
    public async Task The_list_of_jobs_has_limits_of_its_own()
    {
        await using var session = await SandboxSession.Start();
        var id = await session.Deliver(PracticeStore.WinBack, "a@example.org");
        for (var call = 0; call < 10; call++)
            await session.Get("/api/profile-bulk-import-jobs?page[size]=100");
        await session.Get("/api/profile-bulk-import-jobs?page[size]=100", 429);
        await session.Get($"/api/profile-bulk-import-jobs/{id}");
        session.Clock.Advance(TimeSpan.FromSeconds(1));
        await session.Get("/api/profile-bulk-import-jobs?page[size]=101", 400);
    }

    [Fact]
    public async Task The_profiles_of_a_job_can_be_listed()
    {
        await using var session = await SandboxSession.Start();
        var id = await session.Deliver(PracticeStore.WinBack, [.. Imports.Emails(25), "x@async-fail.example"]);
        var page = await session.Get($"/api/profile-bulk-import-jobs/{id}/profiles");
        Assert.Equal(Imports.Emails(20), page.Data().Select(p => p.Text("email")!));
        var rest = await session.Get(page.Next()!);
        Assert.Equal(Imports.Emails(25).Skip(20), rest.Data().Select(p => p.Text("email")!));
        Assert.Equal(
            [.. page.Ids(), .. rest.Ids()],
            (await session.Get($"/api/profile-bulk-import-jobs/{id}/relationships/profiles?page[size]=100")).Ids()
        );
    }

    [Fact]
    public async Task Deleting_a_list_cancels_its_running_job()
    {
        await using var session = await SandboxSession.Start();
        var id = (await session.Import(Imports.Of(PracticeStore.WinBack, "a@example.org"))).GetProperty("data").GetProperty("id");
        session.State.DeleteList(PracticeStore.WinBack);
        session.State.FinishJobs();
        Assert.Equal("cancelled", (await session.Get($"/api/profile-bulk-import-jobs/{id}")).GetProperty("data").Text("status"));
        await session.Import(Imports.Of(PracticeStore.WinBack, "a@example.org"), 404);
    }
}
