using KlaviyoExport.Web.Security;

namespace KlaviyoExport.Web.Tests.Security;

public sealed class LocalUrlTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/runs/3?a=b", "/runs/3?a=b")]
    [InlineData("//evil.example", "/else")]
    [InlineData("/\\evil.example", "/else")]
    [InlineData("/\t/evil.example", "/else")]
    [InlineData("https://evil.example", "/else")]
    [InlineData("javascript:alert(1)", "/else")]
    [InlineData("", "/else")]
    [InlineData(null, "/else")]
    public void Only_paths_of_this_application_are_followed(string? address, string expected) =>
        Assert.Equal(expected, LocalUrl.Or("", address, "else"));

    [Theory]
    [InlineData("/tools/klaviyo/", "/tools/klaviyo/")]
    [InlineData("/tools/klaviyo/runs/3?a=b", "/tools/klaviyo/runs/3?a=b")]
    [InlineData("/tools/klaviyo-of-others/", "/tools/klaviyo/else")]
    [InlineData("/runs/3", "/tools/klaviyo/else")]
    [InlineData("/tools/klaviyo/../other", "/tools/klaviyo/else")]
    [InlineData("/tools/klaviyo/%2e%2e/other", "/tools/klaviyo/else")]
    [InlineData(null, "/tools/klaviyo/else")]
    public void Other_applications_of_the_host_are_not_this_application(string? address, string expected) =>
        Assert.Equal(expected, LocalUrl.Or("/tools/klaviyo", address, "else"));

    [Fact]
    public void The_sign_in_page_is_told_the_path_that_the_browser_sees() =>
        Assert.Equal("/tools/sign-in?returnUrl=%2Ftools%2Fruns%2F3", LocalUrl.SignInFor("/tools", "runs/3"));
}
