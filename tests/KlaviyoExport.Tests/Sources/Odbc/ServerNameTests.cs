using KlaviyoExport.Sources.Servers;

namespace KlaviyoExport.Tests.Sources.Odbc;

public sealed class ServerNameTests
{
    [Theory]
    [InlineData("", "", "people")]
    [InlineData("", "crm", "people")]
    [InlineData("warehouse", "crm", "people")]
    [InlineData("", "c.r\"m", "a\"\".b")]
    [InlineData("", "", "a.b")]
    [InlineData("", "", "\"")]
    public void The_text_of_a_name_is_read_again(string catalogue, string schema, string name)
    {
        var written = new ServerName(schema, name) { Catalogue = catalogue };

        Assert.Equal(written, ServerName.Parse(written.ToString()));
    }
}
