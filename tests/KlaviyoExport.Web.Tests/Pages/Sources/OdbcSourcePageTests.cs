using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Odbc;
using KlaviyoExport.Web.Pages.Sources;
using KlaviyoExport.Web.Tests.Components;

namespace KlaviyoExport.Web.Tests.Pages.Sources;

public sealed class OdbcSourcePageTests
{
    private static readonly OdbcInstalled Installed = new(true, ["Oracle 23", "SnowflakeDSIIDriver"], ["Warehouse"]);

    [Fact]
    public async Task A_driver_is_chosen_from_those_of_the_server_with_an_example_of_its_keys()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var draft = new SourceDraft { Kind = SourceKind.Odbc };
        var fields = page.Ui.Render<OdbcFields>(parameters => parameters.Add(p => p.Draft, draft).Add(p => p.Installed, Installed));

        Assert.Equal(
            ["Choose…", "Oracle 23", "SnowflakeDSIIDriver"],
            fields.FindAll("#odbc-driver option").Select(option => option.TextContent)
        );
        Assert.True(TestButton().HasAttribute("disabled"));
        fields.Find("#odbc-driver").Change("SnowflakeDSIIDriver");
        fields.Find("#odbc-preset").Change(nameof(OdbcPreset.Snowflake));
        fields.FindAll("button").First(button => button.TextContent == "Insert an example").Click();
        Assert.Contains("Warehouse=", draft.Odbc.Keys, StringComparison.Ordinal);
        Assert.True(TestButton().HasAttribute("disabled"));
        fields.Find("#password").Input("secret-word");
        Assert.False(TestButton().HasAttribute("disabled"));
        Assert.DoesNotContain("secret-word", fields.Markup, StringComparison.Ordinal);
        draft.Password = null;
        fields.Find("#odbc-password").Change(false);
        Assert.Empty(fields.FindAll("#password"));
        Assert.False(TestButton().HasAttribute("disabled"));

        AngleSharp.Dom.IElement TestButton() => fields.FindAll("button").First(button => button.TextContent == "Test the connection");
    }

    [Fact]
    public async Task A_data_source_of_the_server_is_used_instead_of_a_driver()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var draft = new SourceDraft
        {
            Kind = SourceKind.Odbc,
            Odbc = new OdbcDraft { Driver = "Oracle 23" },
        };
        var fields = page.Ui.Render<OdbcFields>(parameters => parameters.Add(p => p.Draft, draft).Add(p => p.Installed, Installed));

        fields.FindAll("input[name=odbc-way]")[1].Change(true);
        fields.Find("#odbc-source").Change("Warehouse");

        Assert.Equal(("Warehouse", null), (draft.Odbc.DataSource, draft.Odbc.Driver));
    }

    [Theory]
    [InlineData(false, "no ODBC driver manager")]
    [InlineData(true, "No ODBC driver is installed")]
    public async Task A_server_without_drivers_says_what_to_install(bool hasManager, string said)
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var draft = new SourceDraft { Kind = SourceKind.Odbc };

        var fields = page.Ui.Render<OdbcFields>(parameters =>
            parameters.Add(p => p.Draft, draft).Add(p => p.Installed, new OdbcInstalled(hasManager, [], []))
        );

        Assert.Contains(said, fields.Markup, StringComparison.Ordinal);
    }
}
