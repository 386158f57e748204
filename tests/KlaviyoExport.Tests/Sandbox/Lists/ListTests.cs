using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Tests.Sandbox.Lists;

public sealed class ListTests
{
    [Fact]
    public async Task Following_the_links_shows_every_list_once()
    {
        await using var session = await SandboxSession.Start();
        var (ids, pages) = (new List<string>(), 0);
        for (var next = "/api/lists"; next is not null; pages++)
        {
            var page = await session.Get(next);
            ids.AddRange(page.Ids());
            next = page.Next();
        }
        Assert.Equal(2, pages);
        Assert.Equal(PracticeStore.Seed.Lists.Select(l => l.Id).Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public async Task The_back_link_leads_to_the_previous_page()
    {
        await using var session = await SandboxSession.Start();
        var first = await session.Get("/api/lists?page[size]=3&sort=name");
        var second = await session.Get(first.Next()!);
        var back = await session.Get(second.GetProperty("links").GetProperty("prev").GetString()!);
        Assert.Equal(first.Ids(), back.Ids());
        Assert.False(back.GetProperty("links").TryGetProperty("prev", out _));
    }

    [Fact]
    public async Task A_cursor_is_invalid_with_another_sort_order()
    {
        await using var session = await SandboxSession.Start();
        var next = (await session.Get("/api/lists?sort=name")).Next()!;
        await session.Get(next.Replace("sort=name", "sort=-name", StringComparison.Ordinal), 400);
    }

    [Theory]
    [InlineData("sort=name&fields[list]=name", 10)]
    [InlineData("filter=any(id,[\"Y6nRLr\",\"WbK4t9\",\"none\"])", 2)]
    [InlineData("filter=equals(name,'VIP customers')", 1)]
    [InlineData("filter=equals(name,['VIP customers']),equals(id,'Y6nRLr')", 0)]
    [InlineData("filter=and(equals(name,\"VIP customers\"),greater-than(created,2026-01-01T00:00:00Z))", 1)]
    [InlineData("filter=greater-than(updated,2026-11-22T00:00:00Z)", 0)]
    public async Task Lists_can_be_filtered(string query, int count)
    {
        await using var session = await SandboxSession.Start();
        Assert.Equal(count, (await session.Get($"/api/lists?{query}")).Data().Count());
    }

    [Fact]
    public async Task A_list_returns_its_opt_in_process_and_on_request_its_size()
    {
        await using var session = await SandboxSession.Start();
        var list = (await session.Get($"/api/lists/{PracticeStore.DoubleOptInList}")).GetProperty("data");
        Assert.Equal("double_opt_in", list.Text("opt_in_process"));
        Assert.False(list.GetProperty("attributes").TryGetProperty("profile_count", out _));
        list = (await session.Get($"/api/lists/{PracticeStore.DoubleOptInList}?additional-fields[list]=profile_count")).GetProperty("data");
        Assert.Equal(2, list.GetProperty("attributes").GetProperty("profile_count").GetInt32());
    }

    [Fact]
    public async Task A_list_of_another_account_is_unknown()
    {
        await using var session = await SandboxSession.Start();
        Assert.Equal("not_found", (await session.Get($"/api/lists/{SecondStore.Customers}", 404)).Error().GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_new_list_can_be_created_up_to_150_a_day()
    {
        await using var session = await SandboxSession.Start();
        const string body = """{"data":{"type":"list","attributes":{"name":"New","opt_in_process":"double_opt_in"}}}""";
        for (var made = 0; made < 150; made++)
        {
            if (made % 10 == 9)
                session.Clock.Advance(TimeSpan.FromSeconds(1));
            await session.Post("/api/lists", body, 201);
        }
        session.Clock.Advance(TimeSpan.FromMinutes(1));
        using var refused = await session.Send("POST", "/api/lists", body);
        Assert.Equal(429, (int)refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.FromHours(1));
    }

    [Theory]
    [InlineData("""{"data":{"type":"list","attributes":{}}}""", "/data/attributes/name")]
    [InlineData("""{"data":{"type":"lists","attributes":{"name":"x"}}}""", "/data/type")]
    [InlineData("""{"data":{"type":"list","attributes":{"name":"x","colour":"red"}}}""", "/data/attributes/colour")]
    [InlineData("""{"data":{"type":"list","attributes":{"name":"x","opt_in_process":"none"}}}""", "/data/attributes/opt_in_process")]
    [InlineData("""{"data":""", "/data")]
    public async Task An_invalid_new_list_is_refused_with_a_pointer_to_the_error(string body, string pointer)
    {
        await using var session = await SandboxSession.Start();
        Assert.Equal([pointer], (await session.Post("/api/lists", body, 400)).Pointers());
    }
}
