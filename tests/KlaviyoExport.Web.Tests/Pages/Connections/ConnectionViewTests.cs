using KlaviyoExport.Connections;
using KlaviyoExport.Overview;
using KlaviyoExport.Web.Pages.Connections;

namespace KlaviyoExport.Web.Tests.Pages.Connections;

public sealed class ConnectionViewTests
{
    private static readonly ConnectionRow Nis = Row(1, "Niš", "Zeta", exports: 3);
    private static readonly ConnectionRow Girona = Row(2, "Girona", "Alfa", exports: 7);
    private static readonly ConnectionRow Broken = Row(3, "Lübeck", "Beta", exports: 0) with
    {
        LastError = new LocalizedMessage("Connections.Gone"),
    };
    private static readonly ConnectionRow[] All = [Nis, Girona, Broken];

    [Fact]
    public void Rows_are_sorted_by_name_unless_the_URL_says_otherwise() =>
        Assert.Equal([Girona, Broken, Nis], ConnectionView.Of(null, descending: false, null).Apply(All));

    [Fact]
    public void Sorting_by_exports_in_descending_order_shows_the_most_used_first() =>
        Assert.Equal([Girona, Nis, Broken], ConnectionView.Of("exports", descending: true, null).Apply(All));

    [Fact]
    public void Sorting_by_health_puts_items_that_need_attention_first() =>
        Assert.Equal(Broken, ConnectionView.Of("health", descending: false, null).Apply(All)[0]);

    [Theory]
    [InlineData("nis")]
    [InlineData(" ZETA ")]
    public void The_search_finds_names_and_accounts_whatever_their_case_and_accents(string search) =>
        Assert.Equal([Nis], ConnectionView.Of(null, descending: false, search).Apply(All));

    [Theory]
    [InlineData("no-such-column")]
    [InlineData("77")]
    public void A_missing_column_is_reported_first(string column) =>
        Assert.Equal(ConnectionOrder.Name, ConnectionView.Of(column, descending: false, null).Order);

    [Fact]
    public void Sorting_by_the_same_column_again_reverses_the_order_and_is_in_the_URL()
    {
        var view = new ConnectionView().By(ConnectionOrder.Account).By(ConnectionOrder.Account) with { Search = "a" };

        Assert.True(view.Descending);
        Assert.Equal(("account", "a"), (view.ToQuery()["sort"], view.ToQuery()["search"]));
        Assert.False(view.By(ConnectionOrder.Name).Descending);
    }

    private static ConnectionRow Row(int id, string name, string account, int exports) =>
        new(
            id,
            name,
            account,
            $"Id{id}",
            false,
            "ab12",
            default,
            "Ana",
            Sharing.Administrators,
            [],
            null,
            default(DateTimeOffset),
            null,
            exports
        );
}
