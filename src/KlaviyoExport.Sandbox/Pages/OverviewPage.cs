using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Sandbox.Pages;

/// <summary>The accounts with their keys and lists.</summary>
internal static class OverviewPage
{
    public static Task Show(HttpContext http, SandboxState state, SandboxOptions options) =>
        Layout.Send(
            http,
            "Accounts and lists",
            Html.Of($"{state.Overview().Select(account => Section(account, Seed(options, account.Id)))}")
        );

    private static AccountSeed? Seed(SandboxOptions options, string id) => options.Accounts.FirstOrDefault(a => a.Id == id);

    private static Html Section(SandboxAccount account, AccountSeed? seed)
    {
        var keys =
            seed?.Keys.Select(k =>
                    Html.Of($"<tr><td>{k.Name}</td><td><code>{k.Key}</code></td><td>{string.Join(", ", k.Scopes)}</td></tr>")
                )
                .ToList()
            ?? [];
        var lists = account
            .Lists.OrderBy(l => l.Name, StringComparer.Ordinal)
            .Select(l =>
                Html.Of(
                    $"""
                    <tr><td><a href="/lists/{Uri.EscapeDataString(account.Id)}/{Uri.EscapeDataString(
                        l.Id
                    )}">{l.Name}</a></td><td class="number">{l.Members}</td>
                    <td><code>{l.Id}</code></td><td>{(l.DoubleOptIn ? "Double opt-in" : "Single opt-in")}</td></tr>
                    """
                )
            )
            .ToList();
        return Html.Of(
            $"""
            <section class="card"><h2>{account.Name} <code>{account.Id}</code></h2>
            <p>Profiles: {account.Profiles}. Import jobs: {account.Jobs}.</p>
            <h3>Lists</h3>
            {Layout.Table($"Lists of {account.Name}", ["Name", "Members", "List ID", "Opt-in"], lists, "This account has no lists.")}
            <h3>Private keys</h3>
            {Layout.Table($"Keys of {account.Name}", ["Name", "Key", "Scopes"], keys, "This account has no keys.")}
            </section>
            """
        );
    }
}
