using System.Globalization;
using System.Text;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Tests.Delivery;

namespace KlaviyoExport.Tests.Overview;

public sealed class RejectionCsvTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "")]
    [InlineData("c42", "c42")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"no\"", "\"say \"\"no\"\"\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+381", "'+381")]
    [InlineData("-2", "'-2")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData(" =1+1", "' =1+1")]
    [InlineData("\t=1+1", "\"'\t'=1+1\"")]
    [InlineData("\r=1+1", "\"'\r'=1+1\"")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData("x;=cmd()", "\"x;'=cmd()\"")]
    [InlineData("a=b", "a=b")]
    [InlineData("ana@shop.example", "ana@shop.example")]
    public void A_cell_follows_RFC_4180_and_cannot_be_a_spreadsheet_formula(string? value, string cell) =>
        Assert.Equal(cell, CsvCell.Of(value));

    [Fact]
    public async Task The_file_has_a_byte_order_mark_headings_and_a_line_per_rejection()
    {
        await using var bench = await Workbench.CreateAsync([
            new("k,1", "ana at shop", "Ana"),
            new("=2", null, "Bo"),
            new("ћ3", null, "Cy"),
        ]);
        var run = await bench.RunAsync();

        var bytes = await WriteAsync(bench, run.Id, Product.Administrator);

        Assert.Equal(Encoding.UTF8.GetPreamble(), bytes[..3]);
        Assert.Equal(
            "Profile,Email,Reason,Klaviyo code,Detail,Batch\r\n'=2,,Without email,,,\r\n\"k,1\",ana at shop,Invalid email,,There is no @.,\r\nћ3,,Without email,,,\r\n",
            Encoding.UTF8.GetString(bytes[3..])
        );
    }

    [Fact]
    public async Task People_who_may_not_see_addresses_get_a_file_without_them()
    {
        await using var bench = await Workbench.CreateAsync([new("1", "ana at shop", "Ana"), new("2", null, "Bo")]);
        var run = await bench.RunAsync();

        Assert.Equal(
            "Profile,Reason,Klaviyo code,Detail,Batch\r\n1,Invalid email,,There is no @.,\r\n",
            Encoding.UTF8.GetString((await WriteAsync(bench, run.Id, Product.Operator, RejectionReason.InvalidEmail))[3..])
        );
    }

    [Fact]
    public async Task The_audit_names_who_downloaded_the_file()
    {
        await using var bench = await Workbench.CreateAsync([new("1", "ana at shop", "Ana")]);
        var run = await bench.RunAsync();

        await WriteAsync(bench, run.Id, Product.Operator);

        await using var db = await bench.Product.OpenAsync();
        var entry = Assert.Single(db.Set<AuditEntry>(), entry => entry.Action == "Exports.RejectionsDownloaded");
        Assert.Equal((Product.Operator.Id, (int?)run.Id), (entry.ActorId, entry.SubjectId));
        Assert.DoesNotContain("ana at shop", $"{entry.Subject}{entry.Detail}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headings_and_reasons_are_in_the_readers_language()
    {
        await using var bench = await Workbench.CreateAsync([new("1", null, "Ana")]);
        var run = await bench.RunAsync();
        var culture = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("ca");
        try
        {
            Assert.Equal(
                "Perfil,Motiu,Codi del Klaviyo,Detall,Lot\r\n1,Sense correu,,,\r\n",
                Encoding.UTF8.GetString((await WriteAsync(bench, run.Id, Product.Viewer))[3..])
            );
        }
        finally
        {
            CultureInfo.CurrentUICulture = culture;
        }
    }

    [Fact]
    public async Task More_rejections_than_are_read_at_once_are_all_in_the_file_and_on_the_pages()
    {
        await using var bench = await Workbench.CreateAsync(
            Enumerable.Range(0, 2_500).Select(number => new Customer($"c{number:d5}", $"c{number} at shop", "X"))
        );
        var run = await bench.RunAsync();

        var lines = Encoding
            .UTF8.GetString(await WriteAsync(bench, run.Id, Product.Administrator))
            .Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(2_501, lines.Length);
        Assert.Equal(2_500, lines.Skip(1).Distinct().Count());
        var found = await ListAsync(
            bench,
            run.Id,
            Product.Administrator,
            new RejectionQuery
            {
                Search = "C24",
                Page = 2,
                PageSize = 100,
            }
        );
        Assert.Equal((111, 11), (found.Total, found.Rows.Count));
    }

    [Theory]
    [InlineData("shop", true, 2)]
    [InlineData("shop", false, 0)]
    [InlineData("K1", true, 1)]
    [InlineData("K1", false, 1)]
    [InlineData("Ћ", false, 1)]
    [InlineData("a1", true, 1)]
    [InlineData("%", false, 0)]
    public async Task Addresses_are_searched_only_for_people_who_may_see_them_and_keys_for_everybody(string search, bool maySee, int found)
    {
        await using var bench = await Workbench.CreateAsync([
            new("k1", "a1 at shop", "Ana"),
            new("k2", "a2 at shop", "Bo"),
            new("ћ", null, "Cy"),
        ]);
        var run = await bench.RunAsync();

        var page = await ListAsync(bench, run.Id, maySee ? Product.Contributor : Product.Viewer, new RejectionQuery { Search = search });

        Assert.Equal((found, found), (page.Total, page.Rows.Count));
    }

    private static Task<RejectionPage> ListAsync(Workbench bench, int runId, KlaviyoExport.People.Actor actor, RejectionQuery query) =>
        bench.Product.Get<RejectionService>().ListAsync(actor, runId, query, Cancel);

    private static async Task<byte[]> WriteAsync(
        Workbench bench,
        int runId,
        KlaviyoExport.People.Actor actor,
        RejectionReason? reason = null
    )
    {
        using var file = new MemoryStream();
        await bench.Product.Get<RejectionService>().WriteCsvAsync(actor, runId, reason, file, Cancel);
        return file.ToArray();
    }
}
