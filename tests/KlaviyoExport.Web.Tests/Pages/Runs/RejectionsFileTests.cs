using System.Net;
using System.Text;
using KlaviyoExport.People;

namespace KlaviyoExport.Web.Tests.Pages.Runs;

public sealed class RejectionsFileTests(RunsFixture runs) : IClassFixture<RunsFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Role.Viewer, false)]
    [InlineData(Role.Operator, false)]
    [InlineData(Role.Contributor, true)]
    [InlineData(Role.Administrator, true)]
    public async Task Everybody_downloads_rejections_and_people_who_can_correct_them_also_get_addresses(Role role, bool addresses)
    {
        using var response = await runs.BrowserOf(role).GetAsync("/runs/1/rejections.csv");
        var content = await response.Content.ReadAsByteArrayAsync(Cancel);
        var lines = Encoding.UTF8.GetString(content)[1..].Split("\r\n");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/csv; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment; filename=\"rejections-of-run-1.csv\"", response.Content.Headers.ContentDisposition!.ToString());
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal([0xEF, 0xBB, 0xBF], content[..3]);
        Assert.Equal(
            addresses
                ?
                [
                    "Profile,Email,Reason,Klaviyo code,Detail,Batch",
                    "'=1+1,,Without email,,,",
                    "C-2,ana at example,Invalid email,,,",
                    "C-3,'@SUM(A1)@example.com,Refused by Klaviyo,invalid,\"Says \"\"no\"\", twice\",1",
                    "",
                ]
                :
                [
                    "Profile,Reason,Klaviyo code,Detail,Batch",
                    "'=1+1,Without email,,,",
                    "C-2,Invalid email,,,",
                    "C-3,Refused by Klaviyo,invalid,\"Says \"\"no\"\", twice\",1",
                    "",
                ],
            lines
        );
    }

    [Fact]
    public async Task The_rejections_of_one_reason_can_be_downloaded()
    {
        using var response = await runs.BrowserOf(Role.Viewer).GetAsync("/runs/1/rejections.csv?reason=InvalidEmail");

        Assert.Equal("rejections-of-run-1-InvalidEmail.csv", response.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
        Assert.Equal(2, (await response.Content.ReadAsStringAsync(Cancel)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData(Role.Viewer, HttpStatusCode.Forbidden)]
    [InlineData(Role.Operator, HttpStatusCode.Forbidden)]
    [InlineData(Role.Contributor, HttpStatusCode.NotFound)]
    [InlineData(Role.Administrator, HttpStatusCode.NotFound)]
    public async Task Rejected_profiles_with_all_columns_are_only_for_people_who_see_addresses_and_need_a_loaded_source(
        Role role,
        HttpStatusCode answer
    )
    {
        using var response = await runs.BrowserOf(role).GetAsync("/runs/1/rejected-profiles.csv");

        Assert.Equal(answer, response.StatusCode);
        Assert.DoesNotContain("klaviyo_export_reason", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_without_rejections_is_a_file_with_headings()
    {
        using var response = await runs.BrowserOf(Role.Viewer).GetAsync("/runs/2/rejections.csv");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Single((await response.Content.ReadAsStringAsync(Cancel)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("/runs/999/rejections.csv")]
    [InlineData("/runs/1/rejections.csv?reason=Boredom")]
    [InlineData("/runs/1/rejections.csv?reason=77")]
    public async Task An_unknown_run_gets_a_page_that_says_so_and_no_file(string address)
    {
        using var response = await runs.BrowserOf(Role.Administrator).GetAsync(address);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Null(response.Content.Headers.ContentDisposition);
        Assert.NotEmpty((await Browser.ReadAsync(response)).QuerySelectorAll("h1"));
    }

    [Fact]
    public async Task A_visitor_is_sent_to_the_sign_in_page()
    {
        using var stranger = runs.App.Open();
        using var response = await stranger.GetAsync("/runs/1/rejections.csv");

        Assert.StartsWith("/sign-in", runs.App.LeadsTo(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_shown_in_the_readers_language()
    {
        using var reader = await runs.App.SignInAsync(Role.Viewer);
        reader.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("sr-Cyrl");

        Assert.StartsWith("Профил,Разлог", await reader.Http.GetStringAsync("/runs/1/rejections.csv", Cancel), StringComparison.Ordinal);
    }
}
