using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Tests.Sandbox.Lists;

public sealed class MemberTests
{
    private const string Path = $"/api/lists/{PracticeStore.WinBack}/profiles";
    private const string Ids = $"/api/lists/{PracticeStore.WinBack}/relationships/profiles";

    [Fact]
    public async Task Members_are_paged_in_the_order_they_joined_and_back()
    {
        await using var session = await SandboxSession.Start();
        await session.Deliver(PracticeStore.WinBack, Imports.Emails(250));
        var (emails, backwards) = (new List<string?>(), new List<string?>());
        for (var next = $"{Path}?page[size]=100"; next is not null; )
        {
            var page = await session.Get(next);
            emails.AddRange(page.Data().Select(m => m.Text("email")));
            next = page.Next();
        }
        Assert.Equal(Imports.Emails(250), emails);
        for (var next = $"{Path}?page[size]=100&sort=-joined_group_at"; next is not null; )
        {
            var page = await session.Get(next);
            backwards.AddRange(page.Data().Select(m => m.Text("email")));
            next = page.Next();
        }
        Assert.Equal(Imports.Emails(250).Reverse(), backwards);
    }

    [Fact]
    public async Task A_member_who_leaves_while_the_list_is_read_hides_nobody_else()
    {
        await using var session = await SandboxSession.Start();
        await session.Deliver(PracticeStore.WinBack, Imports.Emails(30));
        var first = await session.Get($"{Path}?page[size]=10");
        await Change(session, "DELETE", first.Ids().Take(5));
        var second = await session.Get(first.Next()!);
        Assert.Equal("person10@example.org", second.Data().First().Text("email"));
    }

    [Fact]
    public async Task Members_are_found_by_address_in_any_case()
    {
        await using var session = await SandboxSession.Start();
        await session.Deliver(PracticeStore.WinBack, "ana@example.org", "bo@example.org");
        await session.Deliver(PracticeStore.Newsletter, "elsewhere@example.org");
        var found = await session.Get($$"""{{Path}}?filter=any(email,["ANA@example.org","elsewhere@example.org","nobody@example.org"])""");
        Assert.Equal(["ana@example.org"], found.Data().Select(m => m.Text("email")));
        Assert.Empty((await session.Get($"{Path}?filter=equals(push_token,['x'])")).Data());
    }

    [Fact]
    public async Task Members_are_found_by_when_they_joined()
    {
        await using var session = await SandboxSession.Start();
        await session.Deliver(PracticeStore.WinBack, "first@example.org");
        session.Clock.Advance(TimeSpan.FromHours(1));
        await session.Deliver(PracticeStore.WinBack, "second@example.org");
        Assert.Equal(
            ["second@example.org"],
            (await session.Get($"{Path}?filter=greater-than(joined_group_at,2026-11-22T12:00:00Z)")).Data().Select(m => m.Text("email"))
        );
        Assert.Equal(
            ["first@example.org"],
            (await session.Get($"{Path}?filter=less-or-equal(joined_group_at,2026-11-22T12:00:00Z)")).Data().Select(m => m.Text("email"))
        );
    }

    [Fact]
    public async Task Removing_from_and_adding_to_a_list_changes_only_the_membership()
    {
        await using var session = await SandboxSession.Start();
        var before = session.State.Consents();
        var ids = (await session.Get($"/api/lists/{PracticeStore.Newsletter}/relationships/profiles")).Ids().ToList();
        Assert.Equal(2, ids.Count);
        await Change(session, "POST", ids);
        Assert.Equal(2, session.State.Members(PracticeStore.WinBack).Count);
        await Change(session, "DELETE", ids);
        await Change(session, "DELETE", ids);
        Assert.Empty(session.State.Members(PracticeStore.WinBack));
        Assert.Equal(2, session.State.Members(PracticeStore.Newsletter).Count);
        Assert.Equal(before, session.State.Consents());
    }

    [Fact]
    public async Task At_most_a_thousand_ids_are_accepted_at_once()
    {
        await using var session = await SandboxSession.Start();
        await session.Deliver(PracticeStore.WinBack, Imports.Emails(1_001));
        var ids = session.State.Members(PracticeStore.WinBack).Select(m => m.Id).ToList();
        Assert.Equal(["/data"], (await SandboxSession.Read(await session.Send("DELETE", Ids, Body(ids)), 400)).Pointers());
        Assert.Equal(1_001, session.State.Members(PracticeStore.WinBack).Count);
        await Change(session, "DELETE", ids.Take(1_000));
        Assert.Single(session.State.Members(PracticeStore.WinBack));
    }

    [Fact]
    public async Task A_response_without_a_body_leaves_the_connection_open()
    {
        await using var session = await SandboxSession.Start();
        var ids = (await session.Get($"/api/lists/{PracticeStore.Newsletter}/relationships/profiles")).Ids().ToList();
        await Change(session, "POST", ids);
        await Change(session, "DELETE", ids);
        await session.Get("/api/lists");
        Assert.Equal(1, session.Connections);
    }

    [Fact]
    public async Task An_unknown_profile_is_refused_with_a_pointer_and_nothing_is_changed()
    {
        await using var session = await SandboxSession.Start();
        await session.Deliver(PracticeStore.WinBack, "a@example.org");
        var known = session.State.Members(PracticeStore.WinBack)[0].Id;
        session.Key = SecondStore.FullKey;
        await SandboxSession.Read(
            await session.Send("POST", $"/api/lists/{SecondStore.Customers}/relationships/profiles", Body([known])),
            404
        );
        session.Key = PracticeStore.FullKey;
        Assert.Equal(
            ["/data/1/id"],
            (await SandboxSession.Read(await session.Send("DELETE", Ids, Body([known, "01GDDKASAP8TKDDA2GRZDSVP4H"])), 404)).Pointers()
        );
        Assert.Single(session.State.Members(PracticeStore.WinBack));
    }

    private static string Body(IEnumerable<string> ids) =>
        $$"""{"data":[{{string.Join(',', ids.Select(id => $$"""{"type":"profile","id":"{{id}}"}"""))}}]}""";

    private static async Task Change(SandboxSession session, string method, IEnumerable<string> ids) =>
        await SandboxSession.Read(await session.Send(method, Ids, Body(ids)), 204);
}
