using System.Net;
using KlaviyoExport.People;

namespace KlaviyoExport.Web.Tests.Hosting;

public sealed class DiskHealthTests
{
    [Fact]
    public async Task While_only_the_reserve_is_free_the_server_is_degraded_but_gets_requests()
    {
        // More than any disk has.
        await using var app = await TestApp.StartWithPeopleAsync("--Disk:Reserve=1000000000000000");
        using var browser = await app.SignInAsync(Role.Administrator);

        Assert.Equal((HttpStatusCode.OK, "Degraded"), await AskAsync(browser, "/health"));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await AskAsync(browser, "/health/ready"));
        var facts = (await browser.ReadAsync("/system/status")).QuerySelector("section[aria-labelledby=health]")!.TextContent;
        Assert.Contains("Uploads and loads of files are refused until", facts, StringComparison.Ordinal);
        Assert.Contains("Runs continue.", facts, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_room_on_the_disk_the_server_is_healthy()
    {
        await using var app = await TestApp.StartWithPeopleAsync("--Disk:Reserve=0");
        using var browser = await app.SignInAsync(Role.Administrator);

        Assert.Equal((HttpStatusCode.OK, "Healthy"), await AskAsync(browser, "/health"));
        Assert.DoesNotContain("are refused until", (await browser.ReadAsync("/system/status")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reserve_below_zero_is_a_fault_at_start()
    {
        var fault = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() =>
            TestApp.StartAsync("--Disk:Reserve=-1")
        );

        Assert.Contains(fault.Failures, text => text.StartsWith("Disk:Reserve is -1.", StringComparison.Ordinal));
    }

    private static async Task<(HttpStatusCode, string)> AskAsync(Browser browser, string path)
    {
        using var response = await browser.GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
