using System.Text;
using System.Text.Json;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Lists;
using KlaviyoExport.Sandbox.Profiles;

namespace KlaviyoExport.Sandbox.Pages;

/// <summary>Shows the members of a list.</summary>
internal static class MembersPage
{
    private const int PageSize = 50;

    public static Task Show(HttpContext http, SandboxState state)
    {
        var (accountId, listId) = ((string)http.GetRouteValue("account")!, (string)http.GetRouteValue("list")!);
        var search = http.Request.Query["q"].ToString().Trim();
        string title;
        Html content;
        lock (state.Gate)
        {
            if (state.Accounts.GetValueOrDefault(accountId) is not { } account || account.List(listId) is not { } list)
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                (title, content) = ("No such list", Html.Of($"<p>The account {accountId} has no list {listId}.</p>"));
            }
            else
                (title, content) = (list.Name, Content(http, account, list, search));
        }
        return Layout.Send(http, title, content);
    }

    private static Html Content(HttpContext http, Account account, SandboxList list, string search)
    {
        var count = search.Length == 0 ? list.Members.Count : Found(account, list, search).Count();
        var pages = (count + PageSize - 1) / PageSize;
        var page = Layout.PageOf(http, pages);
        var rows = Found(account, list, search).Skip((page - 1) * PageSize).Take(PageSize).Select(m => Row(account, m)).ToList();
        var path = $"/lists/{Uri.EscapeDataString(account.Id)}/{Uri.EscapeDataString(list.Id)}";
        return Html.Of(
            $"""
            <p><code>{list.Id}</code> of {account.Seed.OrganizationName}, {list.OptInProcess.Replace(
                '_',
                ' '
            )}, <strong>{list.Members.Count}</strong> members</p>
            <form class="search" role="search" method="get" action="{path}"><label for="q">Search members</label>
            <input id="q" name="q" type="search" value="{search}"><button>Search</button></form>
            {(search.Length == 0 ? Html.None : Html.Of($"<p role=\"status\">{count} found. <a href=\"{path}\">Show all</a></p>"))}
            {Layout.Table(
                $"Members of {list.Name}",
                ["Email", "First name", "Last name", "Email consent", "Joined (UTC)", "Everything else"],
                rows,
                search.Length == 0 ? "Nobody is on this list." : "Nobody on this list matches."
            )}
            {Layout.Pager(path, search.Length == 0 ? "" : $"q={Uri.EscapeDataString(search)}&", page, pages)}
            """
        );
    }

    private static IEnumerable<Member> Found(Account account, SandboxList list, string search) =>
        list
            .Members.Read(null, forward: true)
            .Select(m => m.Member)
            .Where(m =>
                search.Length == 0
                || Encoding.UTF8.GetString(account.Profiles[m.Row].Packed).Contains(search, StringComparison.OrdinalIgnoreCase)
            );

    private static Html Row(Account account, Member member)
    {
        var profile = account.Profiles[member.Row];
        using var attributes = JsonDocument.Parse(profile.Attributes);
        var consent = account.ConsentOf(member.Row);
        return Html.Of(
            $"""
            <tr><td>{profile.Email}</td><td>{ProfileAttributes.Text(attributes.RootElement, "first_name")}</td><td>{ProfileAttributes.Text(
                attributes.RootElement,
                "last_name"
            )}</td>
            <td>{Words(consent.Email)}{(
                consent.Suppression is { } why ? Html.Of($" <span class=\"bad\">{Words(why)}</span>") : Html.None
            )}</td>
            <td>{member.Joined}</td>
            <td><details><summary>Show</summary><dl>{Rest(account, member.Row, profile, attributes.RootElement)}</dl></details></td></tr>
            """
        );
    }

    private static IEnumerable<Html> Rest(Account account, int row, StoredProfile profile, JsonElement attributes)
    {
        yield return Html.Of($"<dt>Profile ID</dt><dd><code>{account.Profiles.IdOf(row)}</code></dd>");
        if (profile.PhoneNumber is { } phone)
            yield return Html.Of($"<dt>phone_number</dt><dd>{phone}</dd>");
        if (profile.ExternalId is { } id)
            yield return Html.Of($"<dt>external_id</dt><dd>{id}</dd>");
        foreach (var attribute in attributes.EnumerateObject().Where(a => a.Name is not ("first_name" or "last_name")))
        {
            if (attribute.Value.ValueKind != JsonValueKind.Object)
                yield return Html.Of($"<dt>{attribute.Name}</dt><dd>{attribute.Value.ToString()}</dd>");
            else
                foreach (var part in attribute.Value.EnumerateObject())
                    yield return Html.Of($"<dt>{attribute.Name}.{part.Name}</dt><dd>{part.Value.ToString()}</dd>");
        }
    }

    private static string Words(string code) => code.Replace('_', ' ').ToLowerInvariant();
}
