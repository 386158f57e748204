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
        Assert.Equal(expected, LocalUrl.Or(address, "/else"));
}
